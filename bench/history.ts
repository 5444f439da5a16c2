import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** One activity as its history tells it; instants in epoch milliseconds. */
export interface ActivityTimes {
  readonly type: string;
  readonly input: unknown;
  readonly scheduledMs: number;
  /** Of the attempt that completed. */
  readonly startedMs: number;
  readonly completedMs: number;
}

export interface RunTimes {
  readonly startedMs: number;
  /** Of its last event. */
  readonly endedMs: number;
  readonly activities: readonly ActivityTimes[];
}

interface Timestamp {
  readonly seconds?: { toString(): string } | number | null;
  readonly nanos?: number | null;
}

export function instantMs(at: Timestamp | null | undefined): number {
  return Number(at?.seconds ?? 0) * 1_000 + (at?.nanos ?? 0) / 1e6;
}

/** The activities of one run that completed, in the order in which they were scheduled. */
export async function runTimes(client: Client, workflowId: string): Promise<RunTimes> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const list = events ?? [];
  const byId = new Map(list.map((event) => [String(event.eventId), event]));
  const activities = list.flatMap((event): ActivityTimes[] => {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed == null) return [];
    const scheduled = byId.get(String(completed.scheduledEventId));
    const started = byId.get(String(completed.startedEventId));
    const attributes = scheduled?.activityTaskScheduledEventAttributes;
    if (scheduled === undefined || started === undefined || attributes == null) return [];
    const payload = attributes.input?.payloads?.[0];
    return [
      {
        type: attributes.activityType?.name ?? '',
        input: payload == null ? null : defaultPayloadConverter.fromPayload(payload),
        scheduledMs: instantMs(scheduled.eventTime),
        startedMs: instantMs(started.eventTime),
        completedMs: instantMs(event.eventTime),
      },
    ];
  });
  activities.sort((a, b) => a.scheduledMs - b.scheduledMs);
  return { startedMs: instantMs(list[0]?.eventTime), endedMs: instantMs(list.at(-1)?.eventTime), activities };
}
