import { and, asc, eq, sql } from 'drizzle-orm';
import type { TrialDone } from '../../domain/training/search/trial.ts';
import type { Db } from '../base/connect.ts';
import { trial } from '../schema/index.ts';

export type TrialRow = typeof trial.$inferSelect;

/** Trials that a search is asked for at most, times the rungs that one of them can reach. */
const trialsPerRunMax = 2_500;

/** Stores what trials of a run came to; one that is there is replaced, since a search that is done again finds it. */
export async function putTrials(db: Db, model: string, runId: string, trials: readonly TrialDone[]): Promise<void> {
  if (trials.length === 0) return;
  const rows = trials.map(({ number, rung, share, point, fit, reason }) => ({
    runId,
    number,
    rung,
    model,
    share,
    family: point.family,
    settings: point.values,
    loss: fit?.loss ?? null,
    trees: fit?.trees ?? null,
    rows: fit?.rows ?? null,
    computeMs: fit?.computeMs ?? null,
    reason,
  }));
  await db
    .insert(trial)
    .values(rows)
    .onConflictDoUpdate({
      target: [trial.runId, trial.number, trial.rung],
      set: {
        loss: sql`excluded.loss`,
        trees: sql`excluded.trees`,
        rows: sql`excluded.rows`,
        computeMs: sql`excluded.compute_ms`,
        reason: sql`excluded.reason`,
      },
    });
}

/** The trials of a run in the order of their numbers, each rung for itself. */
export function trialsOfRun(db: Db, model: string, runId: string): Promise<TrialRow[]> {
  return db
    .select()
    .from(trial)
    .where(and(eq(trial.model, model), eq(trial.runId, runId)))
    .orderBy(asc(trial.number), asc(trial.rung))
    .limit(trialsPerRunMax);
}
