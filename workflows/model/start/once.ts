import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log } from '@temporalio/workflow';

/** A retried decision names the same business identity: its run is under way already. */
export async function startOnce(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.info('already under way');
  }
}
