import { randomUUID } from 'node:crypto';
import { runStatusesWithoutResult, type RunKind, type RunStatus } from '../../domain/record/closed-sets.ts';
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { atomically, type Db } from '../base/connect.ts';
import { noteRunEvent } from './run-events.ts';
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
  const execution = randomUUID();
  await atomically(db, async (tx) => {
    const [begun] = await tx
      .insert(run)
      .values({ ...row, status: 'running', input: row.input as Record<string, unknown>, execution })
      // An ingest that failed may be run again under its id; what is under way or done stays as it is.
      .onConflictDoUpdate({
        target: run.runId,
        set: { status: 'running', startedAt: sql`now()`, endedAt: null, detail: null, execution },
        setWhere: inArray(run.status, runStatusesWithoutResult),
      })
      .returning();
    if (begun !== undefined) await noteRunEvent(tx, begun, 'running');
  });
}

/** Ends a run once; the first ending stays. */
export async function closeRun(
  db: Db,
  runId: string,
  end: { readonly status: Exclude<RunStatus, 'running'>; readonly detail: string; readonly output?: object },
): Promise<void> {
  await atomically(db, async (tx) => {
    const [ended] = await tx
      .update(run)
      .set({
        status: end.status,
        detail: cut(end.detail, charsMax.words),
        output: (end.output ?? {}) as Record<string, unknown>,
        // By the clock of the database, like its start: those of processes may differ by minutes.
        endedAt: sql`now()`,
      })
      .where(and(eq(run.runId, runId), eq(run.status, 'running')))
      .returning();
    if (ended !== undefined) await noteRunEvent(tx, ended, end.status);
  });
}

export async function findRun(db: Db, runId: string): Promise<RunRow | null> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  return row ?? null;
}

/** The run of this kind that began last; null before the first. */
export async function newestOfKind(db: Db, model: string, kind: RunKind): Promise<RunRow | null> {
  const [row] = await db
    .select()
    .from(run)
    .where(and(eq(run.model, model), eq(run.kind, kind)))
    .orderBy(desc(run.startedAt))
    .limit(1);
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

/** A run that was reset is under way again, whatever its end was. To be called inside a transaction. */
export async function reopenRun(db: Db, runId: string, detail: string): Promise<void> {
  const execution = randomUUID();
  const [begun] = await db
    .update(run)
    .set({ status: 'running', endedAt: null, output: null, detail: cut(detail, charsMax.words), execution })
    .where(eq(run.runId, runId))
    .returning();
  if (begun !== undefined) await noteRunEvent(db, begun, 'running');
}

/** Whether a run is under way, as far as Postgres knows. */
export async function isRunning(db: Db, runId: string): Promise<boolean> {
  return (await findRun(db, runId))?.status === 'running';
}
