import { and, desc, eq, lte, sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { prediction } from '../../schema/index.ts';
import { notInAbTest } from './prediction-of.ts';

export interface WindowScores {
  /** Null where the row came without one. */
  readonly eventTimeMs: number | null;
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  /** As the model gave them, before a correction. */
  readonly scores: readonly number[];
}

/** The first rows of a window that a version answered, in their order. */
export async function windowRowsOf(
  db: Db,
  of: { readonly model: string; readonly number: number; readonly version: number; readonly rowsMax: number },
): Promise<readonly WindowScores[]> {
  const result = await db.execute<{
    eventTimeMs: number | null;
    numbers: number[];
    texts: (string | null)[];
    scores: number[];
  }>(sql`
    select p.event_time_ms::float8 as "eventTimeMs", p.numbers, p.texts, coalesce(p.raw_scores, p.scores) as scores
    from prediction p join "window" w on w.model = p.model and w.number = ${of.number}
    where p.model = ${of.model} and p.seq between w.first_seq and w.last_seq and p.version = ${of.version}
      and p.scores <> '{}' and ${notInAbTest}
    order by p.seq limit ${of.rowsMax}`);
  return result.rows;
}

/** The window of the last row at or before a position; 0 for none. Law: one look-up, however old the model is. */
export async function windowThrough(db: Db, model: string, seq: number): Promise<number> {
  const [last] = await db
    .select({ number: prediction.windowNumber })
    .from(prediction)
    .where(and(eq(prediction.model, model), lte(prediction.seq, seq)))
    .orderBy(desc(prediction.seq))
    .limit(1);
  return last?.number ?? 0;
}

/**
 * Rows of a stretch of the traffic that stand in no A/B test, counted up to `rowsMax`. Positions do not say it: an
 * erased row leaves a hole.
 */
export async function countWindowRows(
  db: Db,
  model: string,
  of: { readonly firstSeq: number; readonly lastSeq: number; readonly rowsMax: number },
): Promise<number> {
  const result = await db.execute<{ rows: number }>(sql`
    select count(*)::int as rows from (
      select from prediction where model = ${model} and seq between ${of.firstSeq}::bigint and ${of.lastSeq}::bigint
        and ${notInAbTest} limit ${of.rowsMax}
    ) counted`);
  return result.rows[0]?.rows ?? 0;
}

/** Where the latest `rows` rows through a position begin, whatever was erased among them; the position without any. */
export async function latestRowsFrom(db: Db, model: string, throughSeq: number, rows: number): Promise<number> {
  const result = await db.execute<{ low: number | null }>(sql`
    select min(seq)::float8 as low from (
      select seq from prediction where model = ${model} and seq <= ${throughSeq}::bigint order by seq desc limit ${rows}
    ) latest`);
  return result.rows[0]?.low ?? throughSeq;
}
