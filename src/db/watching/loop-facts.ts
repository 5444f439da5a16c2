import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { alert, aliasMove, decision, evidence, rollout, run, snapshot, version, window } from '../schema/index.ts';
import type { RolloutRow } from '../routing/rollouts.ts';
import { countRows, type RowCounts } from '../traffic/read/count-rows.ts';
import type { RunRow } from '../runs/runs.ts';
import type { VersionRow } from '../models/versions.ts';

/** Everything that a model's loop has done, oldest first: what a report, or a check of the whole loop, is made of. */
export interface LoopFacts {
  readonly alerts: readonly (typeof alert.$inferSelect)[];
  /** Decisions to train, the first included. */
  readonly retrains: readonly (typeof decision.$inferSelect)[];
  readonly versions: readonly VersionRow[];
  readonly rollouts: readonly RolloutRow[];
  readonly looks: readonly (typeof evidence.$inferSelect)[];
  readonly windows: readonly (typeof window.$inferSelect)[];
  readonly moves: readonly (typeof aliasMove.$inferSelect)[];
  readonly runs: readonly RunRow[];
}

/** Rows of each kind that are read; a model that has done more is not reported whole. */
const rowsMax = 10_000;

export async function loopFacts(db: Db, model: string): Promise<LoopFacts> {
  return {
    alerts: await db.select().from(alert).where(eq(alert.model, model)).orderBy(asc(alert.openedAt)).limit(rowsMax),
    retrains: await db
      .select()
      .from(decision)
      .where(and(eq(decision.model, model), eq(decision.retrain, true)))
      .orderBy(asc(decision.createdAt))
      .limit(rowsMax),
    versions: await db
      .select()
      .from(version)
      .where(eq(version.model, model))
      .orderBy(asc(version.version))
      .limit(rowsMax),
    rollouts: await db
      .select()
      .from(rollout)
      .where(eq(rollout.model, model))
      .orderBy(asc(rollout.startedAt))
      .limit(rowsMax),
    looks: await db
      .select()
      .from(evidence)
      .where(and(eq(evidence.model, model), inArray(evidence.kind, ['look', 'promotion'])))
      .orderBy(asc(evidence.evidenceId))
      .limit(rowsMax),
    windows: await db.select().from(window).where(eq(window.model, model)).orderBy(asc(window.number)).limit(rowsMax),
    moves: await db
      .select()
      .from(aliasMove)
      .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion')))
      .orderBy(asc(aliasMove.moveId))
      .limit(rowsMax),
    runs: await db.select().from(run).where(eq(run.model, model)).orderBy(asc(run.startedAt)).limit(rowsMax),
  };
}

/** The ingested history of a spec revision, latest first. */
export async function historySnapshots(
  db: Db,
  model: string,
  specRevision: number,
): Promise<readonly (typeof snapshot.$inferSelect)[]> {
  return db
    .select()
    .from(snapshot)
    .where(and(eq(snapshot.model, model), eq(snapshot.specRevision, specRevision), eq(snapshot.kind, 'history')))
    .orderBy(sql`${snapshot.createdAt} desc`)
    .limit(20);
}

export interface TrafficCounts extends RowCounts {
  readonly windowsUndecided: number;
}

export async function trafficCounts(db: Db, model: string): Promise<TrafficCounts> {
  const rows = await countRows(db, model);
  const result = await db.execute<{ windows: number }>(sql`
    select count(*)::int as windows from "window" w where w.model = ${model}
      and (w.judged_at is null or w.decided_at is null)`);
  return { ...rows, windowsUndecided: result.rows[0]?.windows ?? 0 };
}

/** When every process had taken a routing revision, or a later one; null when one has not. */
export async function acknowledgedAt(db: Db, model: string, revision: number): Promise<Date | null> {
  const result = await db.execute<{ at: string | null; behind: number }>(sql`
    select max(a.acked_at)::text as at, count(*) filter (where a.revision is null or a.revision < ${revision})::int
    as behind
    from serving_member m left join routing_ack a on a.process_id = m.process_id and a.model = ${model}
    where m.lease_until > now()`);
  const [row] = result.rows;
  return row === undefined || row.at === null || row.behind > 0 ? null : new Date(row.at);
}
