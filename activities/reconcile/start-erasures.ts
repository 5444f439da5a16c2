import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Db } from '../../src/db/base/connect.ts';
import { runningErasures } from '../../src/db/erasure/erasures.ts';
import { eraseStart } from '../../src/domain/record/erasure/erasure.ts';

/** Erasures that one look starts: people ask for them, one after another. */
const startedMax = 100;

/**
 * An erasure that is written down and has no run gets one: the word to Temporal was lost, or the run was ended by hand.
 */
export async function startErasures(db: Db, client: Pick<Client, 'workflow'>): Promise<void> {
  for (const { erasureId } of await runningErasures(db, startedMax))
    // oxlint-disable-next-line no-await-in-loop -- one after another: most looks find none
    await client.workflow.start('erase', eraseStart(erasureId)).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
}
