import type { Preprocessing } from '../../../onnx/graphs/preprocessing.ts';
import type { Design } from './linear-design.ts';

/**
 * What the term of each encoding adds to each output on average over the rows of the design: the score of a row is the
 * mean score and, for each feature, its term less this.
 */
export function expectedTerms(
  preprocessing: Preprocessing,
  design: Design,
  weights: Float64Array,
  outputs: number,
): readonly (readonly number[])[] {
  let number = 0;
  let category = 0;
  return preprocessing.encodings.map(({ form }) => {
    const shares = form === 'code' ? codeShares(design, category++) : numberMeans(design, number++);
    return Array.from({ length: outputs }, (_, output) => {
      let sum = 0;
      for (const [parameter, share] of shares) sum += share * (weights[parameter * outputs + output] ?? 0);
      return sum;
    });
  });
}

/** By parameter: the mean of the standardised value, and the share of rows without one. */
function numberMeans({ dense, rows }: Design, index: number): ReadonlyMap<number, number> {
  const meanOf = (values: Float32Array | undefined): number => {
    let sum = 0;
    for (const value of values ?? []) sum += value;
    return rows === 0 ? 0 : sum / rows;
  };
  return new Map([
    [1 + 2 * index, meanOf(dense[2 * index])],
    [2 + 2 * index, meanOf(dense[2 * index + 1])],
  ]);
}

/** By parameter: the share of rows with that code. */
function codeShares({ categories, rows }: Design, index: number): ReadonlyMap<number, number> {
  const category = categories[index];
  const counts = new Map<number, number>();
  if (category === undefined || rows === 0) return counts;
  for (const code of category.codes)
    counts.set(category.first + code, (counts.get(category.first + code) ?? 0) + 1 / rows);
  return counts;
}
