import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

export interface RowCounts {
  readonly predictions: number;
  readonly lastSeq: number;
  readonly failed: number;
  readonly labels: number;
  /** Labels by entity and time that have not found their prediction. */
  readonly unjoinedLabels: number;
  readonly firstPredictionId: string | null;
}

/** Everything that is stored of one model's traffic, counted: it takes as long as there is much. */
export async function countRows(db: Db, model: string): Promise<RowCounts> {
  const result = await db.execute<{ [Key in keyof RowCounts]: RowCounts[Key] }>(sql`
    select
      (select count(*) from prediction where model = ${model})::int as predictions,
      (select coalesce(max(seq), 0) from prediction where model = ${model})::int as "lastSeq",
      (select count(*) from prediction where model = ${model} and failed)::int as failed,
      (select count(*) from label where model = ${model})::int as labels,
      (select count(*) from label where model = ${model} and prediction_id is null)::int as "unjoinedLabels",
      (select prediction_id from prediction where model = ${model} order by seq limit 1) as "firstPredictionId"`);
  const [row] = result.rows;
  if (row === undefined) throw new Error('a query without a from clause gave no row');
  return row;
}

/** Labels of a model, with or without their prediction. */
export async function countLabels(db: Db, model: string): Promise<number> {
  const result = await db.execute<{ labels: number }>(sql`
    select count(*)::int as labels from label where model = ${model}`);
  return result.rows[0]?.labels ?? 0;
}

/** Rows that a version answered after a position of the traffic. */
export async function answeredAfter(db: Db, model: string, version: number, afterSeq: number): Promise<number> {
  const result = await db.execute<{ rows: number }>(sql`
    select count(*)::int as rows from prediction
    where model = ${model} and version = ${version} and seq > ${afterSeq}`);
  return result.rows[0]?.rows ?? 0;
}
