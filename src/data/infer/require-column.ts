import { PerennialError } from '../../domain/words/errors.ts';
import { listNames, sayNearest } from '../../domain/words/nearest-name.ts';
import type { OpenTable } from '../read/table-file.ts';

/** Throws one sentence that lists the columns there are, with the name that was probably meant. */
export function requireColumn(table: OpenTable, flag: string, name: string): void {
  const names = table.columns.map((column) => column.name);
  if (names.includes(name)) return;
  throw new PerennialError(
    'invalid_data',
    `${flag} ${name}: ${table.path} has no such column, it has ${listNames(names)}${sayNearest(name, names)}`,
    { path: flag, hint: `Name one of the columns with ${flag}.` },
  );
}
