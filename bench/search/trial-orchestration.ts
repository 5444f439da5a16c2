import { workflowIds } from '../../src/domain/words/ids.ts';
import { search } from '../../src/sdk/declare/trainer/trainer.ts';
import { startLoopWorld } from '../../tests/worlds/loop-world.ts';
import { runTimes } from '../history.ts';
import { coveredMs } from '../intervals.ts';

export interface TrialOrchestration {
  readonly trials: number;
  readonly msPerTrial: number;
}

const trials = 20;

/**
 * A search of the linear family on a table of 400 rows, one trial at a time, from the history of its workflow: from the
 * end of the first trial to that of the last, less what was spent in trials, over their number. What a trial is asked
 * and answers, its row and the next choice are in it.
 */
export async function measureTrialOrchestration(say: (line: string) => void): Promise<TrialOrchestration> {
  say('a search on embedded engines');
  const world = await startLoopWorld();
  try {
    await world.champion('searched', {
      trainer: search(
        { linear: { l2: { of: 'logUniform', low: 0.01, high: 100 } } },
        { trialsMax: trials, parallel: 1 },
      ),
    });
    const { activities } = await runTimes(world.client, workflowIds.train('searched', 1));
    const fits = activities.filter(({ type }) => type === 'fitTrial').toSorted((a, b) => a.completedMs - b.completedMs);
    const first = fits[0]?.completedMs ?? 0;
    const last = fits.at(-1)?.completedMs ?? 0;
    const spent = coveredMs(
      fits.map(({ startedMs, completedMs }) => ({ fromMs: startedMs, toMs: completedMs })),
      { fromMs: first, toMs: last },
    );
    return { trials: fits.length, msPerTrial: Math.round((last - first - spent) / Math.max(1, fits.length - 1)) };
  } finally {
    await world.close();
  }
}
