import { featuresOf } from '../../../domain/spec/signature.ts';
import type { Preprocessing } from '../../../onnx/graphs/preprocessing.ts';
import type { Design } from './linear-design.ts';

/**
 * How much of the score's movement each feature stands for: the standard deviation, over the training rows, of the
 * terms that it adds. For a number that is |weight| on the standardised scale; a category has as many weights as
 * values, and only this form weighs a rare value less than a common one. Averaged over the outputs, in shares that sum
 * to 1.
 */
export function linearImportance(
  preprocessing: Preprocessing,
  design: Design,
  weights: Float64Array,
  outputs: number,
): { feature: string; gain: number }[] {
  const spreads = new Map(featuresOf(preprocessing.signature).map(({ name }) => [name, 0]));
  let dense = 0;
  let category = 0;
  for (const encoding of preprocessing.encodings) {
    const terms = encoding.form === 'code' ? categoryTerms(design, category++) : numberTerms(design, dense++);
    let spread = 0;
    for (let k = 0; k < outputs; k++)
      spread +=
        spreadOf(design.rows, (row) => terms(row, (parameter) => weights[parameter * outputs + k] ?? 0)) / outputs;
    spreads.set(encoding.source, (spreads.get(encoding.source) ?? 0) + spread);
  }
  const total = [...spreads.values()].reduce((sum, spread) => sum + spread, 0);
  return [...spreads]
    .map(([feature, spread]) => ({ feature, gain: total > 0 ? spread / total : 0 }))
    .toSorted((left, right) => right.gain - left.gain || (left.feature < right.feature ? -1 : 1));
}

type Terms = (row: number, weightOf: (parameter: number) => number) => number;

/** A number has two parameters: its standardised value and whether it is missing. */
function numberTerms(design: Design, index: number): Terms {
  const value = design.dense[2 * index];
  const missing = design.dense[2 * index + 1];
  return (row, weightOf) =>
    weightOf(1 + 2 * index) * (value?.[row] ?? 0) + weightOf(2 + 2 * index) * (missing?.[row] ?? 0);
}

function categoryTerms(design: Design, index: number): Terms {
  const category = design.categories[index];
  return (row, weightOf) => (category === undefined ? 0 : weightOf(category.first + (category.codes[row] ?? 0)));
}

function spreadOf(rows: number, at: (row: number) => number): number {
  if (rows === 0) return 0;
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += at(row) / rows;
  let squares = 0;
  for (let row = 0; row < rows; row++) squares += (at(row) - mean) * (at(row) - mean);
  return Math.sqrt(squares / rows);
}
