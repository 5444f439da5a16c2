import type { TrialView } from '../../../contracts/http/trials.ts';
import type { Series } from '../../charts/series.ts';

/** Trials of one family that saw equally many rows: losses on a share of the rows say nothing beside those on all. */
export function comparable(trials: readonly TrialView[], family: string): readonly TrialView[] {
  return trials.filter((trial) => trial.family === family && trial.rung === 0);
}

/** For each rung the lowest loss up to each trial, in the order of their numbers. */
export function bestSoFar(trials: readonly TrialView[]): readonly Series[] {
  const rungs = [...new Set(trials.map(({ rung }) => rung))].toSorted((a, b) => a - b);
  return rungs.map((rung) => {
    let best: number | null = null;
    const own = trials.filter((trial) => trial.rung === rung).toSorted((a, b) => a.number - b.number);
    const share = own[0]?.share ?? 1;
    return {
      name: share === 1 ? 'all training rows' : `${Number((100 * share).toPrecision(2))} % of the training rows`,
      points: own.map(({ number, loss }) => {
        if (loss !== null) best = best === null ? loss : Math.min(best, loss);
        return { x: number, y: best };
      }),
    };
  });
}
