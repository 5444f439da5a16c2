import { candidatesOf } from '../../src/db/trainers/experiments.ts';
import type { ExperimentInput } from '../../src/domain/record/experiment/experiment-start.ts';
import { fitRouteOf } from '../../src/domain/training/workers/worker-fit-of.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** One candidate, and whose queue fits it. */
export interface PlannedCandidate {
  readonly candidate: number;
  readonly name: string;
  readonly taskQueue: string;
}

export function planExperimentActivities({ database }: Pick<ActivityDependencies, 'database'>) {
  /** What is to be fitted, in the order in which it was named. */
  async function planExperiment(input: ExperimentInput): Promise<{ readonly candidates: readonly PlannedCandidate[] }> {
    const rows = await candidatesOf(database.db, input);
    return {
      candidates: rows.map(({ candidate, name, spec }) => ({ candidate, name, taskQueue: fitRouteOf(spec).taskQueue })),
    };
  }

  return { planExperiment };
}
