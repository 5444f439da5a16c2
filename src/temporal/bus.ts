import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import type { Config } from '../config.ts';
import { NotRunningError, PerennialError } from '../domain/words/errors.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { abTestStart } from '../domain/record/ab-test-start.ts';
import { eraseStart } from '../domain/record/erasure/erasure.ts';
import { experimentStart } from '../domain/record/experiment/experiment-start.ts';
import { reproduceStart } from '../domain/record/reproduction/reproduction.ts';
import { entityStart } from '../domain/record/entity-start.ts';
import type { Command, CommandBus, CommandReceipt, Nudge } from '../domain/record/messages.ts';
import { connectClient } from './connect.ts';
import { resetWorkflow, stepsOfRun } from './reset-run.ts';

const deliverTimeoutMs = 15_000;
/** Short: who nudges has done the deed already, and does not wait for an echo. */
const nudgeTimeoutMs = 3_000;

/** Commands over Temporal. The command id is the Update id; across continue-as-new the row behind it deduplicates. */
export async function createTemporalBus(config: Config): Promise<CommandBus & { close(): Promise<void> }> {
  const { client, close } = await connectClient(config);
  return { ...busOver(client, config.temporalUiUrl), close };
}

export function busOver(client: Client, temporalUiUrl: string | undefined): CommandBus {
  return {
    deliver: (command) => deliver(client, command),
    ensureModel: (model) => ensureModel(client, model),
    nudge: (news) => nudge(client, news),
    steps: (runId) => stepsOfRun(client, runId),
    reset: (command) => resetWorkflow(client, command),
    uiUrl: (workflowId) =>
      `${temporalUiUrl ?? 'http://127.0.0.1:8233'}/namespaces/${client.options.namespace}` +
      `/workflows/${encodeURIComponent(workflowId)}`,
  };
}

async function ensureModel(client: Client, model: string): Promise<void> {
  try {
    await client.workflow.start('model', entityStart(model));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw away(error);
  }
}

async function deliver(client: Client, command: Command): Promise<CommandReceipt> {
  const workflowId =
    command.kind === 'approve' || command.kind === 'abort'
      ? workflowIds.rollout(command.rollout.model, command.rollout.version, command.rollout.attempt)
      : workflowIds.model(command.model);
  const commandId = command.message.commandId;
  try {
    return await client.connection.withDeadline(Date.now() + deliverTimeoutMs, () =>
      client.workflow.getHandle(workflowId).executeUpdate<CommandReceipt, [typeof command.message]>(command.kind, {
        args: [command.message],
        ...(commandId === null ? {} : { updateId: commandId }),
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw new PerennialError('conflict', error.cause instanceof Error ? error.cause.message : error.message, {
        path: command.kind,
        cause: error,
      });
    }
    if (error instanceof WorkflowNotFoundError) {
      throw new NotRunningError(`Nothing runs under ${workflowId} that could take "${command.kind}".`, {
        path: command.kind,
        cause: error,
      });
    }
    throw away(error);
  }
}

async function nudge(client: Client, news: Nudge): Promise<boolean> {
  try {
    await client.connection.withDeadline(Date.now() + nudgeTimeoutMs, async () => {
      if ('erasureId' in news) {
        await client.workflow.start('erase', eraseStart(news.erasureId));
        return;
      }
      if ('reproduction' in news) {
        await client.workflow.start('reproduce', reproduceStart(news.reproduction));
        return;
      }
      if ('experiment' in news) {
        await client.workflow.start('experiment', experimentStart(news.experiment));
        return;
      }
      if ('abTest' in news) {
        await client.workflow.start('abTest', abTestStart(news.abTest.model, news.abTest.number));
        return;
      }
      if ('model' in news) {
        const { model: name, ...due } = news;
        return client.workflow.getHandle(workflowIds.model(name)).signal('windowDue', due);
      }
      const { model, version, attempt } = news.endedRollout;
      return client.workflow.getHandle(workflowIds.rollout(model, version, attempt)).signal('championChanged');
    });
    return true;
  } catch (error) {
    // A workflow that is not there has nothing to be told, and one that runs needs no start; anything else means that
    // Temporal is away.
    return error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError;
  }
}

function away(error: unknown): PerennialError {
  const isTimeout = error instanceof WorkflowUpdateRPCTimeoutOrCancelledError;
  const text = isTimeout
    ? 'No worker took the command in time; it stays recorded and may still be carried out.'
    : `Temporal did not take the command: ${error instanceof Error ? error.message : String(error)}.`;
  return new PerennialError(isTimeout ? 'timeout' : 'unavailable', text, {
    cause: error,
    hint: 'Look whether worker and Temporal run, then send it again with the same id.',
  });
}
