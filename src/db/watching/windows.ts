import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, ne, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { isOfShard } from '../base/shard-sql.ts';
import { counter, window } from '../schema/index.ts';
import type { WatchShard } from './watch-lease.ts';

export type WindowRow = typeof window.$inferSelect;
export type CounterRow = typeof counter.$inferSelect;

/** What is due in one shard: windows not tried yet, oldest first, and at most `againMax` that were set aside. */
export async function dueWindows(
  db: Db,
  shard: WatchShard,
  limits: { readonly freshMax: number; readonly againMax: number },
): Promise<readonly WindowRow[]> {
  const due = (isAgain: boolean, limit: number) =>
    db
      .select()
      .from(window)
      .where(
        and(
          isNull(window.judgedAt),
          lte(window.judgeAfter, sql`now()`),
          isAgain ? gt(window.judgeAttempts, 0) : eq(window.judgeAttempts, 0),
          isOfShard(window.model, shard),
        ),
      )
      .orderBy(asc(window.judgeAfter), asc(window.closedAt), asc(window.number))
      .limit(limit);
  // Apart, so that windows which fail again and again cannot take the place of new ones.
  return [...(await due(false, limits.freshMax)), ...(await due(true, limits.againMax))];
}

/** True when a later window of the model has been judged: it has said already how things are. */
export async function isOvertaken(db: Db, model: string, number: number): Promise<boolean> {
  const rows = await db
    .select({ number: window.number })
    .from(window)
    .where(and(eq(window.model, model), gt(window.number, number), isNotNull(window.judgedAt)))
    .limit(1);
  return rows.length > 0;
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
    .set({ judgedAt: new Date(), verdict, evidenceId, judgeFailure: null })
    .where(and(eq(window.model, model), eq(window.number, number)));
}

/** A window is judged by what the champion and its rollout answered: an A/B test has errors of its own. */
const isJudged = ne(counter.arm, 'ab-test');

/** Counters of a window, without those of A/B tests. */
export async function countersOf(db: Db, model: string, number: number): Promise<readonly CounterRow[]> {
  return db
    .select()
    .from(counter)
    .where(and(eq(counter.model, model), eq(counter.windowNumber, number), isJudged));
}

/** As `countersOf`, of a version in the `windowsMax` windows before this one, newest first. Law: reads these alone. */
export async function earlierCountersOf(
  db: Db,
  { model, version, number }: { readonly model: string; readonly version: number; readonly number: number },
  windowsMax: number,
): Promise<readonly CounterRow[]> {
  return db
    .select()
    .from(counter)
    .where(
      and(
        eq(counter.model, model),
        gte(counter.windowNumber, number - windowsMax),
        lt(counter.windowNumber, number),
        eq(counter.version, version),
        isJudged,
      ),
    )
    .orderBy(desc(counter.windowNumber));
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
