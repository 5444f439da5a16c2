import type { TaskName } from '../../../domain/spec/spec.ts';
import { smoothedShares } from '../numeric/class-shares.ts';
import { sigmoid, softmaxInPlace, softplus } from '../numeric/logistic.ts';
import { spreadOf } from '../numeric/spread-of.ts';

/** What a linear fit needs to know about what is predicted. */
export interface LinearTask {
  /** Scores per row. */
  outputs(classes: number): number;
  /** Labels in the unit in which they are fitted, and the way back for the weights. */
  targetsOf(
    labels: Float64Array,
    weights: Float64Array | null,
  ): {
    readonly labels: Float64Array;
    readonly unscale: (weights: Float64Array) => Float64Array;
  };
  /** Where each output begins: what it would say without any input. */
  startBias(labels: Float64Array, outputs: number, weights: Float64Array | null): readonly number[];
  /** Replaces scores by d loss / d score and returns the loss. */
  residuals(cells: Float64Array, label: number): number;
}

const unscaled: LinearTask['targetsOf'] = (labels) => ({ labels, unscale: (weights) => weights });

export const linearTasks: Record<TaskName, LinearTask> = {
  binary: {
    outputs: () => 1,
    targetsOf: unscaled,
    startBias(labels, _outputs, weights) {
      const [negative = 0.5, positive = 0.5] = smoothedShares(labels, 2, weights);
      return [Math.log(positive / negative)];
    },
    residuals(cells, label) {
      const score = cells[0] ?? 0;
      cells[0] = sigmoid(score) - label;
      return softplus(label === 1 ? -score : score);
    },
  },
  multiclass: {
    outputs: (classes) => classes,
    targetsOf: unscaled,
    startBias: (labels, outputs, weights) => smoothedShares(labels, outputs, weights).map((share) => Math.log(share)),
    residuals(cells, label) {
      softmaxInPlace(cells);
      const p = cells[label] ?? 0;
      cells[label] = p - 1;
      return -Math.log(Math.max(p, 1e-300));
    },
  },
  regression: {
    outputs: () => 1,
    targetsOf: standardised,
    startBias: () => [0],
    residuals(cells, label) {
      const score = cells[0] ?? 0;
      cells[0] = score - label;
      return ((score - label) * (score - label)) / 2;
    },
  },
};

/** In units of the label's standard deviation, so that one ridge and one tolerance fit any unit. */
function standardised(labels: Float64Array, weights: Float64Array | null): ReturnType<LinearTask['targetsOf']> {
  const { mean, scale } = spreadOf(labels, weights);
  return {
    labels: labels.map((label) => (label - mean) / scale),
    unscale: (weights) => weights.map((weight, index) => weight * scale + (index === 0 ? mean : 0)),
  };
}
