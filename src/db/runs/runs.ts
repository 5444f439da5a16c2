import { runStatusesWithoutResult, type RunKind, type RunStatus } from '../../domain/record/closed-sets.ts';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { run } from '../schema/index.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';

export type RunRow = typeof run.$inferSelect;

export async function openRun(
  db: Db,
  row: {
    readonly runId: string;
    readonly model: string;
    readonly kind: RunKind;
    readonly trigger: string | null;
    readonly input: object;
  },
): Promise<void> {
  await db
    .insert(run)
    .values({ ...row, status: 'running', input: row.input as Record<string, unknown> })
    // An ingest that failed may be run again under its id; what is under way or done stays as it is.
    .onConflictDoUpdate({
      target: run.runId,
      set: { status: 'running', startedAt: sql`now()`, endedAt: null, detail: null },
      setWhere: inArray(run.status, runStatusesWithoutResult),
    });
}

/** Ends a run once; the first ending stays. */
export async function closeRun(
  db: Db,
  runId: string,
  end: { readonly status: Exclude<RunStatus, 'running'>; readonly detail: string; readonly output?: object },
): Promise<void> {
  await db
    .update(run)
    .set({
      status: end.status,
      detail: cut(end.detail, charsMax.words),
      output: (end.output ?? {}) as Record<string, unknown>,
      // By the clock of the database, like its start: those of processes may differ by minutes.
      endedAt: sql`now()`,
    })
    .where(and(eq(run.runId, runId), eq(run.status, 'running')));
}

export async function findRun(db: Db, runId: string): Promise<RunRow | null> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  return row ?? null;
}

/** At most 100, oldest first. */
export async function runningRuns(db: Db, model: string | null, kinds: readonly RunKind[]): Promise<readonly RunRow[]> {
  const conditions = [eq(run.status, 'running'), inArray(run.kind, [...kinds])];
  if (model !== null) conditions.push(eq(run.model, model));
  return db
    .select()
    .from(run)
    .where(and(...conditions))
    .orderBy(asc(run.startedAt))
    .limit(100);
}

/** A run that was reset is under way again, whatever its end was. */
export async function reopenRun(db: Db, runId: string, detail: string): Promise<void> {
  await db
    .update(run)
    .set({ status: 'running', endedAt: null, output: null, detail: cut(detail, charsMax.words) })
    .where(eq(run.runId, runId));
}

/** Whether a run is under way, as far as Postgres knows. */
export async function isRunning(db: Db, runId: string): Promise<boolean> {
  return (await findRun(db, runId))?.status === 'running';
}
