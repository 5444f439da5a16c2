import { isNumberText } from './number-marks.ts';

/** What nearly all cells of a column in the sample are: numbers, or a few words; null where anything may stand. */
export type ColumnKind =
  | { readonly holds: 'numbers' }
  | { readonly holds: 'words'; readonly words: ReadonlySet<string> }
  | null;

/** Cells below which nothing is said of a column. */
const cellsMin = 10;

/** Each word of a closed set occurs so often on average. */
const repeatsMin = 5;

const missingWords: ReadonlySet<string> = new Set([
  '',
  'NA',
  'N/A',
  'n/a',
  'null',
  'NULL',
  'NaN',
  'nan',
  'None',
  '?',
  '-',
]);

/** Whether a cell says that there is no value, in one of the usual ways: for guesses about lines, never for values. */
export function isMissingWord(cell: string): boolean {
  return missingWords.has(cell);
}

export function columnKind(cells: readonly string[]): ColumnKind {
  const filled = cells.filter((cell) => !isMissingWord(cell));
  if (filled.length < cellsMin) return null;
  if (filled.filter(isNumberText).length >= filled.length * 0.95) return { holds: 'numbers' };
  const words = new Set(filled);
  return words.size * repeatsMin <= filled.length ? { holds: 'words', words } : null;
}

/** Whether a cell is what its column holds; true where nothing is known, null where there is no cell. */
export function fitsKind(cell: string, kind: ColumnKind): boolean | null {
  if (kind === null || isMissingWord(cell)) return null;
  return kind.holds === 'numbers' ? isNumberText(cell) : kind.words.has(cell);
}
