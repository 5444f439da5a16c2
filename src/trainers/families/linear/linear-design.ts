import type { FeatureColumns } from '../../../onnx/run/columns.ts';
import { standardise } from '../../../onnx/graphs/linear-graph.ts';
import type { LinearParameters } from '../../../onnx/graphs/linear-parameters.ts';
import { encodeColumn, type Preprocessing } from '../../../onnx/graphs/preprocessing.ts';
import type { RowRange } from '../../interface.ts';

/** Scaling of one numeric encoding, learnt from the training rows by their weights; float32, as the graph computes. */
export interface Scaling {
  readonly encoding: number;
  readonly mean: number;
  readonly inverseScale: number;
}

/**
 * Rows as sparse terms: `dense` values weigh parameters 1.., `offsets` name one parameter of each category per row.
 * Parameter 0 is the bias; a number has two parameters (value, missing flag), a category one per code and one for 0.
 */
export interface Design {
  readonly rows: number;
  /** Standardised values and missing flags alternate: 2 per number. */
  readonly dense: readonly Float32Array[];
  readonly categories: readonly { readonly first: number; readonly codes: Float32Array }[];
  readonly parameters: number;
}

export function scalingsFrom(
  preprocessing: Preprocessing,
  columns: FeatureColumns,
  range: RowRange,
  weights: Float64Array | null,
): Scaling[] {
  return preprocessing.encodings.flatMap((feature, encoding) => {
    if (feature.form === 'code') return [];
    const values = encodeColumn(feature, columns, range.from, range.to);
    const mean = Math.fround(average(values, weights, (value) => value));
    const deviation = Math.sqrt(average(values, weights, (value) => (value - mean) * (value - mean)));
    // A constant column carries nothing; rounding noise around a large constant must not be blown up either.
    const isConstant = deviation <= 1e-6 * Math.abs(mean) || deviation === 0;
    return [{ encoding, mean, inverseScale: isConstant ? 0 : Math.fround(1 / deviation) }];
  });
}

export function designOf(
  preprocessing: Preprocessing,
  scalings: readonly Scaling[],
  columns: FeatureColumns,
  range: RowRange,
): Design {
  const dense = scalings.flatMap((scaling) => {
    const feature = preprocessing.encodings[scaling.encoding];
    const values = feature === undefined ? new Float32Array(0) : encodeColumn(feature, columns, range.from, range.to);
    const flags = values.map((value) => (Number.isNaN(value) ? 1 : 0));
    return [values.map((value) => standardise(value, scaling)), flags];
  });
  let first = 1 + dense.length;
  const categories = preprocessing.encodings.flatMap((feature) => {
    if (feature.form !== 'code') return [];
    const category = { first, codes: encodeColumn(feature, columns, range.from, range.to) };
    first += feature.codeCount + 1;
    return [category];
  });
  return { rows: range.to - range.from, dense, categories, parameters: first };
}

/** logit of one row for one output; `weights` hold `outputs` numbers per parameter. */
export function rowScore(design: Design, weights: Float64Array, outputs: number, output: number, row: number): number {
  let score = weights[output] ?? 0;
  for (let j = 0; j < design.dense.length; j++)
    score += (weights[(j + 1) * outputs + output] ?? 0) * (design.dense[j]?.[row] ?? 0);
  for (const { first, codes } of design.categories)
    score += weights[(first + (codes[row] ?? 0)) * outputs + output] ?? 0;
  return score;
}

/** Adds `amount` times the row to the gradient of one output. */
export function addRow(
  design: Design,
  gradient: Float64Array,
  outputs: number,
  output: number,
  row: number,
  amount: number,
): void {
  gradient[output] = (gradient[output] ?? 0) + amount;
  for (let j = 0; j < design.dense.length; j++) {
    const at = (j + 1) * outputs + output;
    gradient[at] = (gradient[at] ?? 0) + amount * (design.dense[j]?.[row] ?? 0);
  }
  for (const { first, codes } of design.categories) {
    const at = (first + (codes[row] ?? 0)) * outputs + output;
    gradient[at] = (gradient[at] ?? 0) + amount;
  }
}

/** The same weights in the form that the graph takes. */
export function parametersOf(
  preprocessing: Preprocessing,
  scalings: readonly Scaling[],
  weights: Float64Array,
  outputs: number,
): LinearParameters {
  const at = (parameter: number) => [...weights.subarray(parameter * outputs, (parameter + 1) * outputs)];
  const numbers = scalings.map((scaling, index) => ({
    ...scaling,
    weights: at(1 + 2 * index),
    missingWeights: at(2 + 2 * index),
  }));
  let first = 1 + 2 * scalings.length;
  const categories = preprocessing.encodings.flatMap((feature, encoding) => {
    if (feature.form !== 'code') return [];
    const start = first;
    first += feature.codeCount + 1;
    return [{ encoding, table: Array.from({ length: feature.codeCount + 1 }, (_, code) => at(start + code)) }];
  });
  return { bias: at(0), numbers, categories };
}

/** Over the finite values, each counted by the weight of its row. */
function average(values: Float32Array, weights: Float64Array | null, of: (value: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const weight = weights?.[row] ?? 1;
    sum += weight * of(value);
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}
