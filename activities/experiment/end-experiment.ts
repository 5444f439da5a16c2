import { closeRun } from '../../src/db/runs/runs.ts';
import { findExperiment, forgetScores } from '../../src/db/trainers/experiments.ts';
import type { ExperimentInput } from '../../src/domain/record/experiment/experiment-start.ts';
import { sayExperiment } from '../../src/domain/training/experiment/say-experiment.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export interface ExperimentEnd extends ExperimentInput {
  /** Why it did not come to its end; null where it did. */
  readonly stopped: { readonly reason: string; readonly isCancelled: boolean } | null;
}

export function endExperimentActivities({ database }: Pick<ActivityDependencies, 'database'>) {
  /** Ends the run with what came of it. */
  async function endExperiment({ stopped, ...key }: ExperimentEnd): Promise<{ readonly text: string }> {
    const { db } = database;
    const result = (await findExperiment(db, key))?.result ?? null;
    // Of one that was stopped nobody compares them any more.
    await forgetScores(db, key);
    const best = result?.standings.find(({ standing }) => standing === 'best')?.name ?? null;
    const text = result === null ? (stopped?.reason ?? 'it is not there any more') : sayExperiment(result);
    const status = best !== null ? 'completed' : stopped?.isCancelled === true ? 'cancelled' : 'failed';
    const output = best === null ? {} : { best };
    await closeRun(db, workflowIds.experiment(key.model, key.number), { status, detail: text, output });
    return { text };
  }

  return { endExperiment };
}
