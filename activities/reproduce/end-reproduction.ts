import { closeRun } from '../../src/db/runs/runs.ts';
import type { ReproduceInput, ReproductionEnd } from '../../src/domain/record/reproduction/reproduction.ts';
import { sayReproduced } from '../../src/domain/record/reproduction/say-reproduced.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function endReproductionActivities({ database }: Pick<ActivityDependencies, 'database'>) {
  /** Ends the run with what came of it, which is kept with the run. */
  async function endReproduction({
    model,
    version,
    number,
    end,
  }: ReproduceInput & { readonly end: ReproductionEnd }): Promise<{ readonly text: string }> {
    const text = 'reproduced' in end ? sayReproduced(version, end.reproduced) : end.reason;
    await closeRun(
      database.db,
      workflowIds.reproduce(model, version, number),
      'reproduced' in end
        ? { status: 'completed', detail: text, output: { ...end.reproduced } }
        : { status: 'failed', detail: text },
    );
    return { text };
  }

  return { endReproduction };
}
