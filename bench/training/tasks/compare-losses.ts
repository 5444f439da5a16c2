import { studentTQuantile } from '../../../src/statistics/distributions/student-quantile.ts';
import { momentsOf } from '../../../src/statistics/samples/paired.ts';

/** Of two models on the same rows: positive means that ours errs more. */
export interface TaskDifference {
  readonly own: number;
  readonly peer: number;
  readonly difference: number;
  /** 95 %, by the spread of all rows, for these fits; in random order neighbours are not alike. */
  readonly byRows: readonly [number, number];
  /** 95 %, by the spread of the splits (Student's t), in which the luck of a fit counts as well. */
  readonly bySplits: readonly [number, number];
  /** Where both intervals agree; null where they do not. */
  readonly verdict: 'better' | 'worse' | null;
}

/** Losses of two models, split by split. */
export function pairedLosses() {
  const own: Float64Array[] = [];
  const peer: Float64Array[] = [];
  const meanOf = (of: readonly Float64Array[]): number => momentsOf(of.flatMap((losses) => [...losses])).mean;
  return {
    add(ours: Float64Array, theirs: Float64Array): void {
      own.push(ours);
      peer.push(theirs);
    },
    rows: (): number => own.reduce((sum, { length }) => sum + length, 0),
    difference(): TaskDifference {
      const gaps = own.map((losses, at) => losses.map((loss, row) => loss - (peer[at]?.[row] ?? NaN)));
      const byRows = boundsOf(gaps.flatMap((gap) => [...gap]));
      const bySplits = boundsOf(gaps.map((gap) => momentsOf(gap).mean));
      const isWorse = byRows[0] > 0 && bySplits[0] > 0;
      const isBetter = byRows[1] < 0 && bySplits[1] < 0;
      const [ours, theirs] = [meanOf(own), meanOf(peer)];
      const verdict = isWorse ? 'worse' : isBetter ? 'better' : null;
      return { own: ours, peer: theirs, difference: ours - theirs, byRows, bySplits, verdict };
    },
  };
}

function boundsOf(values: readonly number[]): readonly [number, number] {
  const { mean, variance, count } = momentsOf(values);
  const width = studentTQuantile(0.025, Math.max(1, count - 1)) * Math.sqrt(variance / count);
  return [mean - width, mean + width];
}
