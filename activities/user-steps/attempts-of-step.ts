import type { Client } from '@temporalio/client';
import type { RunOfActivity } from './run-of-activity.ts';

const pageEvents = 200;
/** A step that waits for days leaves some hundred events of looks behind. */
const pagesMax = 10;

export interface StepAttempts {
  /** How often it was begun; null where the history does not say. */
  readonly attempts: number | null;
  readonly worker: string | null;
}

const unknown: StepAttempts = { attempts: null, worker: null };
const answerTimeoutMs = 10_000;

/** How often an activity of a running workflow was begun, and by whom. Where Temporal does not say it, nobody waits. */
export function attemptsOfStep(client: Client, run: RunOfActivity, activityId: string): Promise<StepAttempts> {
  return client.connection
    .withDeadline(Date.now() + answerTimeoutMs, () => readBackwards(client, run, activityId))
    .catch(() => unknown);
}

/** The end of a history first: what is asked for has just happened. */
async function readBackwards(client: Client, run: RunOfActivity, activityId: string): Promise<StepAttempts> {
  const begun = new Map<string, StepAttempts>();
  let nextPageToken: Uint8Array | undefined;
  for (let page = 0; page < pagesMax; page++) {
    // oxlint-disable-next-line no-await-in-loop -- page after page
    const found = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: run,
      maximumPageSize: pageEvents,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const event of found.history?.events ?? []) {
      const started = event.activityTaskStartedEventAttributes;
      if (started != null)
        begun.set(String(started.scheduledEventId), {
          attempts: started.attempt ?? null,
          worker: started.identity ?? null,
        });
      if (event.activityTaskScheduledEventAttributes?.activityId === activityId)
        return begun.get(String(event.eventId)) ?? { attempts: 0, worker: null };
    }
    nextPageToken = found.nextPageToken ?? undefined;
    if (nextPageToken === undefined || nextPageToken.length === 0) break;
  }
  return unknown;
}
