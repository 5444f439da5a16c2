import type { TaskName } from '../../../domain/spec/spec.ts';
import { sigmoid, softmaxInPlace } from './logistic.ts';

/** From raw scores, one array per output, to row-major probabilities (binary: negative, positive) or values. */
export const predictions: Record<TaskName, (raw: readonly Float64Array[]) => Float64Array> = {
  binary([first = new Float64Array(0)]) {
    const out = new Float64Array(first.length * 2);
    for (const [row, score] of first.entries()) {
      const positive = sigmoid(score);
      out[row * 2] = 1 - positive;
      out[row * 2 + 1] = positive;
    }
    return out;
  },
  multiclass(raw) {
    const rows = raw[0]?.length ?? 0;
    const classes = raw.length;
    const out = new Float64Array(rows * classes);
    for (let row = 0; row < rows; row++) {
      const cells = out.subarray(row * classes, (row + 1) * classes);
      for (let k = 0; k < classes; k++) cells[k] = raw[k]?.[row] ?? 0;
      softmaxInPlace(cells);
    }
    return out;
  },
  regression: ([first = new Float64Array(0)]) => first.slice(),
};
