import { and, asc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { counter, window } from '../schema/index.ts';

export type WindowRow = typeof window.$inferSelect;
export type CounterRow = typeof counter.$inferSelect;

/** Closed windows that nobody has judged, oldest first, of one shard of models. */
export async function unjudgedWindows(
  db: Db,
  shard: number,
  shards: number,
  limit: number,
): Promise<readonly WindowRow[]> {
  return db
    .select()
    .from(window)
    .where(and(isNull(window.judgedAt), sql`abs(hashtext(${window.model})) % ${shards} = ${shard}`))
    .orderBy(asc(window.closedAt), asc(window.number))
    .limit(limit);
}

export async function findWindow(db: Db, model: string, number: number): Promise<WindowRow | null> {
  const [row] = await db
    .select()
    .from(window)
    .where(and(eq(window.model, model), eq(window.number, number)));
  return row ?? null;
}

/** Where the traffic stood at the end of each of these windows; a window that does not exist has no entry. */
export async function lastSeqsOf(
  db: Db,
  model: string,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (numbers.length === 0) return new Map();
  const rows = await db
    .select({ number: window.number, lastSeq: window.lastSeq })
    .from(window)
    .where(and(eq(window.model, model), inArray(window.number, [...new Set(numbers)])));
  return new Map(rows.map((row) => [row.number, row.lastSeq]));
}

export async function markJudged(
  db: Db,
  model: string,
  number: number,
  verdict: string,
  evidenceId: number,
): Promise<void> {
  await db
    .update(window)
    .set({ judgedAt: new Date(), verdict, evidenceId })
    .where(and(eq(window.model, model), eq(window.number, number)));
}

export async function countersOf(db: Db, model: string, number: number): Promise<readonly CounterRow[]> {
  return db
    .select()
    .from(counter)
    .where(and(eq(counter.model, model), eq(counter.windowNumber, number)));
}

/**
 * Judged windows without a stored decision: a lost signal is found again here. At most 20, oldest first. Reads those
 * alone, whatever the number of windows.
 */
export async function undecidedWindows(db: Db, model: string): Promise<readonly number[]> {
  const rows = await db
    .select({ number: window.number })
    .from(window)
    .where(and(eq(window.model, model), isNotNull(window.judgedAt), isNull(window.decidedAt)))
    .orderBy(asc(window.number))
    .limit(20);
  return rows.map((row) => row.number);
}

export interface WindowEnd {
  readonly number: number;
  readonly lastSeq: number;
  readonly closedAtMs: number;
}

/** The last closed window of a model and where its traffic stood then; null before the first. */
export async function lastClosedWindow(db: Db, model: string): Promise<WindowEnd | null> {
  const [row] = await db
    .select()
    .from(window)
    .where(eq(window.model, model))
    .orderBy(sql`${window.number} desc`)
    .limit(1);
  return row === undefined ? null : { number: row.number, lastSeq: row.lastSeq, closedAtMs: row.closedAt.getTime() };
}
