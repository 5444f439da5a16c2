import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** Where a feature stands in what was logged, by the revision that it was logged under. */
export interface LoggedColumn {
  readonly isText: boolean;
  readonly indices: ReadonlyMap<number, number>;
}

/** Null where it is missing or was not logged. */
export type LoggedValue = number | string | null;

/** Revisions under which these rows were logged. Law: as many look-ups as positions. */
export async function revisionsAt(db: Db, model: string, seqs: readonly number[]): Promise<readonly number[]> {
  if (seqs.length === 0) return [];
  const result = await db.execute<{ revision: number }>(sql`
    select distinct p.spec_revision as revision from prediction p where ${at(model, seqs)}`);
  return result.rows.map(({ revision }) => revision);
}

/**
 * The values of these features in the rows at these positions, by position; rows that have been removed are not in it.
 * One JSON value, as with scores. Law: as many look-ups as positions.
 */
export async function loggedValues(
  db: Db,
  model: string,
  seqs: readonly number[],
  columns: readonly LoggedColumn[],
): Promise<ReadonlyMap<number, readonly LoggedValue[]>> {
  if (seqs.length === 0 || columns.length === 0) return new Map();
  const values = sql.join(columns.map(valueOf), sql`, `);
  const result = await db.execute<{ rows: [number, ...unknown[]][] | null }>(sql`
    select json_agg(json_build_array(p.seq, ${values})) as rows from prediction p where ${at(model, seqs)}`);
  return new Map(
    (result.rows[0]?.rows ?? []).map(([seq, ...cells]) => [
      Number(seq),
      cells.map((cell, index) => readCell(cell, columns[index]?.isText ?? true)),
    ]),
  );
}

function at(model: string, seqs: readonly number[]): SQL {
  return sql`p.model = ${model} and p.seq between ${Math.min(...seqs)}::bigint and ${Math.max(...seqs)}::bigint
    and p.seq = any(${sql.param([...seqs])}::bigint[])`;
}

function valueOf({ isText, indices }: LoggedColumn): SQL {
  const from = isText ? sql`p.texts` : sql`p.numbers`;
  const cases = [...indices].map(
    ([revision, index]) => sql`when p.spec_revision = ${revision}::int then ${from}[${index + 1}::int]`,
  );
  const none = isText ? sql`null::text` : sql`null::float8`;
  return cases.length === 0 ? none : sql`case ${sql.join(cases, sql` `)} end`;
}

/** JSON has no NaN: Postgres writes it as text. */
function readCell(cell: unknown, isText: boolean): LoggedValue {
  if (cell === null) return null;
  if (isText) return String(cell);
  const value = Number(cell);
  return Number.isNaN(value) ? null : value;
}
