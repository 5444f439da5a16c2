import type { LinearNotes } from '../graphs/explain-notes.ts';
import { standardise } from '../graphs/linear-graph.ts';
import type { ExplainEncoded } from './tree-explainer.ts';

/**
 * A term less its mean over the training rows: the Shapley value of a sum of terms, each of one feature (Štrumbelj and
 * Kononenko 2014).
 */
export function linearExplainer({ bias, numbers, categories, expected }: LinearNotes): ExplainEncoded {
  return (row, output, into) => {
    const meanOf = (encoding: number): number => expected[encoding]?.[output] ?? 0;
    let base = bias[output] ?? 0;
    let score = base;
    const add = (encoding: number, term: number): void => {
      base += meanOf(encoding);
      score += term;
      into[encoding] = (into[encoding] ?? 0) + term - meanOf(encoding);
    };
    for (const number of numbers) {
      const value = row[number.encoding] ?? Number.NaN;
      const missing = Number.isNaN(value) ? (number.missingWeights[output] ?? 0) : 0;
      add(number.encoding, (number.weights[output] ?? 0) * standardise(value, number) + missing);
    }
    for (const { encoding, table } of categories) add(encoding, table[row[encoding] ?? 0]?.[output] ?? 0);
    return { base, score };
  };
}
