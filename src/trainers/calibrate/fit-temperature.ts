import type { TemperatureMap } from '../../domain/training/calibration/score-map.ts';
import { newton } from '../../statistics/numeric/newton.ts';
import { logsIn, type CalibrationRows } from './odds-rows.ts';

const stepsMax = 100;

/**
 * The temperature with the least log loss (Guo et al. 2017), drawn towards 1 as if by one row more: of rows that are
 * all right it would be 0. Null where no temperature above 0 is the best.
 */
export function fitTemperature(rows: CalibrationRows): TemperatureMap | null {
  const { classes, labels, weights } = rows;
  const logs = logsIn(rows);
  /** Of one row at 1 / temperature: the loss, and its first and second derivative. */
  const ofRow = (row: number, inverse: number): readonly [number, number, number] => {
    const scores = logs.subarray(row * classes, (row + 1) * classes);
    const highest = scores.reduce((best, score) => Math.max(best, score), -Infinity);
    let [total, first, second] = [0, 0, 0];
    for (const score of scores) {
      const weight = Math.exp(inverse * (score - highest));
      total += weight;
      first += weight * score;
      second += weight * score * score;
    }
    const mean = first / total;
    const own = scores[labels[row] ?? 0] ?? 0;
    return [Math.log(total) + inverse * (highest - own), mean - own, second / total - mean * mean];
  };
  const sumAt = (inverse: number): readonly [number, number, number] => {
    const away = inverse - 1;
    const sums: [number, number, number] = [(away * away) / 2, away, 1];
    for (let row = 0; row < labels.length; row++) {
      const terms = ofRow(row, inverse);
      for (const [at, term] of terms.entries()) sums[at] = (sums[at] ?? 0) + (weights?.[row] ?? 1) * term;
    }
    return sums;
  };
  const [inverse = 0] = newton(
    [1],
    ([at = 1]) => sumAt(at)[0],
    ([at = 1]) => {
      const [, gradient, curve] = sumAt(at);
      return { gradient: [gradient], hessian: [[curve]] };
    },
    stepsMax,
  );
  return inverse > 0 && Number.isFinite(1 / inverse) ? { kind: 'temperature', temperature: 1 / inverse } : null;
}
