import { lastingAlertKinds } from '../../domain/record/closed-sets.ts';
import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { countLabels } from '../traffic/read/count-rows.ts';

export interface LoopCounts {
  /** Fits that made a version. */
  readonly trainings: number;
  readonly refused: number;
  readonly rollouts: number;
  readonly promoted: number;
  readonly rollBacks: number;
  readonly alarms: number;
  readonly labels: number;
  readonly champions: number;
  /** Trainings and ingests under way. A rollout or a guard that waits for more traffic is not stuck. */
  readonly openRuns: number;
}

/** What the loop did to one model, counted from its rows. */
export async function loopCounts(db: Db, model: string): Promise<LoopCounts> {
  const result = await db.execute<{ [Key in Exclude<keyof LoopCounts, 'labels'>]: number }>(sql`
    select
      (select count(*) from version where model = ${model})::int as trainings,
      (select count(*) from version where model = ${model} and gate_verdict <> 'pass')::int as refused,
      (select count(*) from rollout where model = ${model} and base_version is not null)::int as rollouts,
      (select count(*) from rollout where model = ${model} and status = 'promoted' and base_version is not
      null)::int as promoted,
      (select count(*) from rollout where model = ${model} and status = 'rolled-back')::int as "rollBacks",
      (select count(*) from alert where model = ${model} and kind in ${lastingAlertKinds})::int as alarms,
      (select count(*) from routing where model = ${model} and entry->'champion' <> 'null'::jsonb)::int as champions,
      (select count(*) from run where model = ${model} and status = 'running' and kind in ('ingest', 'train'))::int
      as "openRuns"`);
  const [row] = result.rows;
  if (row === undefined) throw new Error('a query without a from clause gave no row');
  return { ...row, labels: await countLabels(db, model) };
}
