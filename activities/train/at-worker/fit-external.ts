import type { FitExternalAnswer, FitExternalAsk } from '../../../src/domain/training/workers/fit-external.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';

export function fitExternalActivities() {
  /**
   * Done by workers of somebody else (docs/trainer-workers.md) and by none of ours: one of ours that polls their queue
   * would take fits from them, so it says at once what is wrong.
   */
  async function fitExternal({ trainer }: FitExternalAsk): Promise<FitExternalAnswer> {
    throw new PerennialError(
      'unsupported',
      `A worker of Perennial itself serves the queue on which the trainer "${trainer}" is waited for.`,
      { path: 'trainer.queue', hint: 'Give the workers of your own trainers a queue of their own.' },
    );
  }

  return { fitExternal };
}
