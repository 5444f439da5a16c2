import { getExternalWorkflowHandle, type SignalDefinition } from '@temporalio/workflow';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { runEndedSignal } from './messages.ts';

/** A signal to a workflow that may be gone: what it would have learnt it reads from Postgres, or needs no more. */
export async function signalIfRunning<Args extends unknown[]>(
  workflowId: string,
  signal: SignalDefinition<Args>,
  ...args: Args
): Promise<void> {
  await getExternalWorkflowHandle(workflowId)
    .signal(signal, ...args)
    .catch(() => undefined);
}

/** Tells the model that one of its runs is over. */
export function reportEnd(run: { readonly model: string; readonly runId: string }): Promise<void> {
  return signalIfRunning(workflowIds.model(run.model), runEndedSignal, { runId: run.runId });
}
