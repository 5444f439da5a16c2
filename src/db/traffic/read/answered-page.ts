import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { leftJoinCurrentLabel } from './current-label.ts';

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
  /** As it is known by now. */
  readonly label: string | null;
}

const answeredPageRows = 10_000;

/**
 * One page of what was answered, after a position. It asks for columns that have been there since the log has
 * partitions, so that the database of an older tree is read without a migration.
 */
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
    label: string | null;
  }>(sql`
    select p.prediction_id as id, p.seq::text as seq, p.version, p.scores, p.decision, p.other_version as other,
      p.other_scores, p.arm, current.label
    from prediction p ${leftJoinCurrentLabel('now')}
    where p.model = ${model} and p.seq > ${afterSeq} order by p.seq limit ${answeredPageRows}`);
  return result.rows.map((row) => ({
    predictionId: row.id,
    seq: Number(row.seq),
    version: row.version,
    scores: row.scores,
    decision: row.decision,
    otherVersion: row.other,
    otherScores: row.other_scores,
    arm: row.arm,
    label: row.label,
  }));
}
