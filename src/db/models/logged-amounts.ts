import { isText } from '../../domain/features/kind-of.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { Db } from '../base/connect.ts';
import { readSpecRevision } from './specs.ts';

/** A row as it was logged, in the signature order of its own revision. */
export interface LoggedNumbers {
  readonly numbers: readonly number[];
  readonly specRevision: number;
}

/** Number columns of logged rows by name; NaN where a row has none of it. */
export async function loggedAmounts(
  db: Db,
  model: string,
  rows: readonly LoggedNumbers[],
): Promise<(name: string) => Float64Array> {
  const indices = new Map<number, Map<string, number>>();
  for (const revision of new Set(rows.map((row) => row.specRevision))) {
    // oxlint-disable-next-line no-await-in-loop -- one or two revisions
    const { spec } = await readSpecRevision(db, model, revision);
    const columns = signatureOf(spec).columns.filter((column) => !isText(column));
    indices.set(revision, new Map(columns.map((column) => [column.name, column.index])));
  }
  return (name) =>
    Float64Array.from(rows, (row) => row.numbers[indices.get(row.specRevision)?.get(name) ?? -1] ?? Number.NaN);
}
