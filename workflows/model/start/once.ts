import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log } from '@temporalio/workflow';

/** Starts a run unless it is under way already: a decision that is retried names the same business identity. */
export async function startOnce(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.info('already under way');
  }
}
