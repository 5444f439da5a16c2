import { sql } from 'drizzle-orm';
import type { ArrivedLabel } from '../../../domain/watch/mature-through.ts';
import type { Db } from '../../base/connect.ts';

/** Which labels exist for a verdict: those known at a position, and by the end of a window where one is closed. */
export interface KnownCut {
  readonly throughSeq: number;
  readonly throughWindow?: number;
}

/**
 * Of the labels that came last, those that have found their row, newest first. Corrections count: what a row is said to
 * be in the end has come when the last of them has. Law: at most `labelsMax` labels.
 */
export async function arrivedLabels(
  db: Db,
  model: string,
  { throughSeq, throughWindow }: KnownCut,
  labelsMax: number,
): Promise<readonly ArrivedLabel[]> {
  const result = await db.execute<{ rows: [string, number, number, number][] | null }>(sql`
    select json_agg(json_build_array(label, delay, known_seq, ms)) as rows from (
      select l.label, greatest(0, l.known_seq - l.prediction_seq) as delay, l.known_seq, l.prediction_seq,
        extract(epoch from l.received_at) * 1000 as ms
      from label l where l.model = ${model} and l.known_seq <= ${throughSeq}
        ${throughWindow === undefined ? sql.empty() : sql`and l.known_window <= ${throughWindow}`}
      order by l.known_seq desc, l.label_seq desc limit ${labelsMax}
    ) latest where prediction_seq is not null`);
  return (result.rows[0]?.rows ?? []).map(([label, delayRows, knownSeq, receivedAtMs]) => ({
    label,
    delayRows,
    knownSeq,
    receivedAtMs,
  }));
}
