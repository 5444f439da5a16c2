import type { PlattMap } from '../../domain/training/calibration/score-map.ts';
import { newton } from '../../statistics/numeric/newton.ts';
import { sigmoid, softplus } from '../families/numeric/logistic.ts';
import { oddsIn, type CalibrationRows } from './odds-rows.ts';

const stepsMax = 100;

/**
 * The line of the log-odds with the least log loss against targets that are never sure, (n₊ + 1) / (n₊ + 2) and
 * 1 / (n₋ + 2) (Platt 1999, by the Newton steps of Lin, Lin and Weng 2007). Null where the line does not rise.
 */
export function fitPlatt(rows: CalibrationRows): PlattMap | null {
  const { labels, weights } = rows;
  const scores = oddsIn(rows);
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  let [positives, negatives] = [0, 0];
  for (const [row, label] of labels.entries())
    if (label === 1) positives += weightOf(row);
    else negatives += weightOf(row);
  const targets = labels.map((label) => (label === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)));
  const objective = ([slope = 0, intercept = 0]: readonly number[]): number => {
    let loss = 0;
    for (const [row, score] of scores.entries()) {
      const sum = slope * score + intercept;
      loss += weightOf(row) * (softplus(sum) - (targets[row] ?? 0) * sum);
    }
    return loss;
  };
  const derivatives = ([slope = 0, intercept = 0]: readonly number[]) => {
    let [g, h, ss, s, n] = [0, 0, 0, 0, 0];
    for (const [row, score] of scores.entries()) {
      const p = sigmoid(slope * score + intercept);
      const miss = weightOf(row) * (p - (targets[row] ?? 0));
      const curve = weightOf(row) * p * (1 - p);
      g += miss * score;
      h += miss;
      ss += curve * score * score;
      s += curve * score;
      n += curve;
    }
    const [least, most] = [1e-9, 1e-9];
    return {
      gradient: [g, h],
      hessian: [
        [ss + least, s],
        [s, n + most],
      ],
    };
  };
  const [slope = 0, intercept = 0] = newton([1, 0], objective, derivatives, stepsMax);
  return slope > 0 && Number.isFinite(slope) && Number.isFinite(intercept) ? { kind: 'platt', slope, intercept } : null;
}
