import { charsMax } from '../../words/limits.ts';
import { listNames } from '../../words/nearest-name.ts';

/** Columns that the platform writes beside the model's own. */
const reservedColumns: readonly string[] = ['_order', '_line'];

/** Why a name cannot be that of a column, to be read behind it; null when it can. */
export function misnomerOf(name: string): string | null {
  if (name.trim() === '') return 'is empty';
  if (/[\r\n]/.test(name)) return 'has a line break';
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'has a control character';
  if (name.trim() !== name) return 'begins or ends with a blank';
  if (name.length > charsMax.columnName) return `is longer than ${charsMax.columnName} characters`;
  return reservedColumns.includes(name.toLowerCase()) ? 'is a column of the platform' : null;
}

/** What a name may be, for whoever has to find another. */
export const nameFix =
  `Use 1 to ${charsMax.columnName} characters without control characters or outer spaces, ` +
  `and none of ${listNames(reservedColumns)}.`;

/** Columnar engines compare names without case, so `Amount` and `amount` would be one column. */
export function isSameColumn(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
