import type { StreamState } from './stream-state.ts';

/** What the term of one encoding does to the score over the rows that were seen. */
export interface StreamTerm {
  /** What it adds to each output on average. A standardised value counts as 0, which it is but for values far out. */
  readonly expected: readonly number[];
  /** Standard deviation of what it adds, averaged over the outputs. */
  readonly spread: number;
}

/** `weights` in the order of a linear design: numbers before categories. */
export function streamTerms({ seen }: StreamState, weights: Float64Array, outputs: number): readonly StreamTerm[] {
  let number = 1;
  let word = 1 + 2 * seen.filter((one) => !('words' in one)).length;
  return seen.map((one) => {
    const isWord = 'words' in one;
    const first = isWord ? word : number;
    const shares = isWord ? sharesOf([one.others, ...one.counts]) : sharesOf([one.count, one.missing]);
    if (isWord) word += one.words.length + 1;
    else number += 2;
    const at = (parameter: number, output: number): number => weights[(first + parameter) * outputs + output] ?? 0;
    const each = Array.from({ length: outputs }, (_, output) =>
      isWord ? ofWords(shares, (code) => at(code, output)) : ofNumber(shares, at(0, output), at(1, output)),
    );
    return {
      expected: each.map(({ mean }) => mean),
      spread: each.reduce((sum, { variance }) => sum + Math.sqrt(variance), 0) / outputs,
    };
  });
}

function sharesOf(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

function ofWords(shares: readonly number[], weightOf: (code: number) => number) {
  let [mean, squares] = [0, 0];
  for (const [code, share] of shares.entries()) {
    mean += share * weightOf(code);
    squares += share * weightOf(code) ** 2;
  }
  return { mean, variance: Math.max(0, squares - mean * mean) };
}

/** A value has mean 0 and deviation 1 where there is one, and nothing but the weight of a missing one elsewhere. */
function ofNumber([present = 0, missing = 0]: readonly number[], value: number, none: number) {
  const mean = missing * none;
  return { mean, variance: Math.max(0, present * value * value + missing * none * none - mean * mean) };
}
