import { putTrials } from '../../../src/db/trainers/trials.ts';
import type { TrialDone } from '../../../src/domain/training/search/trial.ts';
import type { ActivityDependencies } from '../../dependencies.ts';

export interface TrialsOfRun {
  readonly model: string;
  readonly runId: string;
  readonly trials: readonly TrialDone[];
}

export function recordTrialsActivities({ database }: Pick<ActivityDependencies, 'database'>) {
  /** Keeps trials as rows, each once: who writes one again writes the same. */
  async function recordTrials({ model, runId, trials }: TrialsOfRun): Promise<void> {
    await putTrials(database.db, model, runId, trials);
  }

  return { recordTrials };
}
