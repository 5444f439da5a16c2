import type { TaskName } from '../../domain/spec/spec.ts';
import { sigmoid, softmaxInPlace } from './logistic.ts';

/** From raw scores, one array per output, to row-major probabilities (binary: negative, positive) or values. */
export function toPredictions(task: TaskName, raw: readonly Float64Array[]): Float64Array {
  const first = raw[0] ?? new Float64Array(0);
  if (task === 'regression') return first.slice();
  const rows = first.length;
  if (task === 'binary') {
    const out = new Float64Array(rows * 2);
    for (let row = 0; row < rows; row++) {
      const positive = sigmoid(first[row] ?? 0);
      out[row * 2] = 1 - positive;
      out[row * 2 + 1] = positive;
    }
    return out;
  }
  const classes = raw.length;
  const out = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const cells = out.subarray(row * classes, (row + 1) * classes);
    for (let k = 0; k < classes; k++) cells[k] = raw[k]?.[row] ?? 0;
    softmaxInPlace(cells);
  }
  return out;
}
