import { lastingAlertKinds } from '../../domain/record/closed-sets.ts';
import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** One stored answer of a replay, in the order of the model's traffic. */
export interface LedgerRow {
  readonly predictionId: string;
  readonly seq: number;
  readonly version: number;
  readonly scores: readonly number[];
  readonly decision: string | null;
  readonly otherVersion: number | null;
  readonly otherScores: readonly number[] | null;
  readonly arm: string;
}

export const ledgerPageRows = 10_000;

/** One page of what was answered, after a position. */
export async function ledgerPage(db: Db, model: string, afterSeq: number): Promise<readonly LedgerRow[]> {
  const result = await db.execute<{
    id: string;
    seq: string;
    version: number;
    scores: number[];
    decision: string | null;
    other: number | null;
    other_scores: number[] | null;
    arm: string;
  }>(sql`
    select prediction_id as id, seq::text as seq, version, scores, decision, other_version as other, other_scores, arm
    from prediction where model = ${model} and seq > ${afterSeq} order by prediction.seq limit ${ledgerPageRows}`);
  return result.rows.map((row) => ({
    predictionId: row.id,
    seq: Number(row.seq),
    version: row.version,
    scores: row.scores,
    decision: row.decision,
    otherVersion: row.other,
    otherScores: row.other_scores,
    arm: row.arm,
  }));
}

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
  const result = await db.execute<{ [Key in keyof LoopCounts]: number }>(sql`
    select
      (select count(*) from version where model = ${model})::int as trainings,
      (select count(*) from version where model = ${model} and gate_verdict <> 'pass')::int as refused,
      (select count(*) from rollout where model = ${model} and base_version is not null)::int as rollouts,
      (select count(*) from rollout where model = ${model} and status = 'promoted' and base_version is not
      null)::int as promoted,
      (select count(*) from rollout where model = ${model} and status = 'rolled-back')::int as "rollBacks",
      (select count(*) from alert where model = ${model} and kind in ${lastingAlertKinds})::int as alarms,
      (select count(*) from label where model = ${model})::int as labels,
      (select count(*) from routing where model = ${model} and entry->'champion' <> 'null'::jsonb)::int as champions,
      (select count(*) from run where model = ${model} and status = 'running' and kind in ('ingest', 'train'))::int
      as "openRuns"`);
  const [row] = result.rows;
  if (row === undefined) throw new Error('a query without a from clause gave no row');
  return row;
}
