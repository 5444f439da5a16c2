import { defaultPayloadConverter, isGrpcServiceError, type Client } from '@temporalio/client';
import { PerennialError } from '../domain/words/errors.ts';
import type { RunStep } from '../domain/record/messages.ts';
import { cut } from '../domain/words/cut.ts';
import { charsMax } from '../domain/words/limits.ts';

/** Workflows continue as new at about 1,000 events, so a run's own history is not much longer. */
const eventsMax = 10_000;
const pageEvents = 1_000;
const answerTimeoutMs = 15_000;
/** Status codes of gRPC. */
const invalidArgument = 3;
const notFound = 5;
const failedPrecondition = 9;

/** The activities of the run's latest execution, each with the workflow task that asked for it. */
export async function stepsOfRun(client: Client, workflowId: string): Promise<readonly RunStep[]> {
  const steps: RunStep[] = [];
  let nextPageToken: Uint8Array | undefined;
  for (let read = 0; read < eventsMax; read += pageEvents) {
    // oxlint-disable-next-line no-await-in-loop -- page after page
    const page = await asked(workflowId, client, () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId },
        maximumPageSize: pageEvents,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    );
    for (const event of page.history?.events ?? []) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled?.workflowTaskCompletedEventId == null) continue;
      const summary = event.userMetadata?.summary;
      const words = summary == null ? null : String(defaultPayloadConverter.fromPayload(summary));
      const type = scheduled.activityType?.name ?? 'activity';
      steps.push({
        eventId: Number(scheduled.workflowTaskCompletedEventId),
        name: words === null ? type : `${type}: ${words}`,
        at: instantOf(event.eventTime),
      });
    }
    nextPageToken = page.nextPageToken ?? undefined;
    if (nextPageToken === undefined || nextPageToken.length === 0) break;
  }
  return steps;
}

/** The same request id resets once, however often it is sent. */
export async function resetWorkflow(
  client: Client,
  command: {
    readonly runId: string;
    readonly beforeEventId: number;
    readonly requestId: string;
    readonly reason: string;
  },
): Promise<void> {
  const { runId: workflowId } = command;
  const described = await asked(workflowId, client, () =>
    client.workflowService.describeWorkflowExecution({
      namespace: client.options.namespace,
      execution: { workflowId },
    }),
  );
  const execution = described.workflowExecutionInfo?.execution;
  await asked(workflowId, client, () =>
    client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId: execution?.runId ?? '' },
      reason: cut(command.reason, charsMax.historyReason),
      workflowTaskFinishEventId: command.beforeEventId as unknown as Long,
      requestId: command.requestId,
    }),
  );
}

/** protobufjs takes plain numbers for int64 where they are exact. */
type Long = NonNullable<
  Parameters<Client['workflowService']['resetWorkflowExecution']>[0]['workflowTaskFinishEventId']
>;

async function asked<T>(workflowId: string, client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await client.connection.withDeadline(Date.now() + answerTimeoutMs, call);
  } catch (cause) {
    const code = isGrpcServiceError(cause) ? cause.code : null;
    const details = isGrpcServiceError(cause) ? cause.details : String(cause);
    if (code === notFound)
      throw new PerennialError('not_found', `Temporal does not know the run ${workflowId} (any more).`, {
        path: 'id',
        cause,
      });
    if (code === invalidArgument || code === failedPrecondition)
      throw new PerennialError('conflict', `Temporal refused: ${details}.`, { path: 'beforeEventId', cause });
    throw new PerennialError('unavailable', `Temporal did not answer: ${details}.`, {
      cause,
      hint: 'Look whether Temporal runs, then send it again with the same id.',
    });
  }
}

function instantOf(time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined): string {
  return new Date(Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000)).toISOString();
}
