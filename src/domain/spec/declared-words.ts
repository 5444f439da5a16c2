import { valuesOf } from '../features/kind-of.ts';
import { classesOf } from '../tasks/task-of.ts';
import type { RowsSpec } from './columns/rows-spec.ts';

/** Words that a column is declared to hold: values there, even where they would mean "no value" elsewhere. */
export interface DeclaredWords {
  readonly words: readonly string[];
  /** No other word is one of its values. */
  readonly isClosed: boolean;
}

export const noWords: DeclaredWords = { words: [], isClosed: false };

/** The values of a category or the classes of the target; none for any other column. */
export function declaredWords(spec: Pick<RowsSpec, 'features' | 'target'>, column: string): DeclaredWords {
  const feature = spec.features.find(({ name }) => name === column);
  const classes = spec.target !== null && column === spec.target.column ? classesOf(spec.target) : [];
  const words = feature !== undefined ? valuesOf(feature) : classes;
  return words === null || words.length === 0 ? noWords : { words, isClosed: true };
}
