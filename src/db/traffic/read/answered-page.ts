import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** One stored answer, in the order of the model's traffic. */
export interface AnsweredRow {
  readonly predictionId: string;
  readonly seq: number;
  readonly version: number;
  readonly scores: readonly number[];
  readonly decision: string | null;
  readonly otherVersion: number | null;
  readonly otherScores: readonly number[] | null;
  readonly arm: string;
}

const answeredPageRows = 10_000;

/** One page of what was answered, after a position. */
export async function answeredPage(db: Db, model: string, afterSeq: number): Promise<readonly AnsweredRow[]> {
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
    from prediction where model = ${model} and seq > ${afterSeq} order by prediction.seq limit ${answeredPageRows}`);
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
