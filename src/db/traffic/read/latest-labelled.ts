import { sql, type SQL } from 'drizzle-orm';
import { predictionOf } from './prediction-of.ts';

/** Labels that are looked at for each row that is wanted: some are corrections, some are of rows of somebody else. */
const labelsPerRow = 2;

/** Between which positions of the traffic the rows stand, and through which position or window labels are known. */
export interface LabelledRange {
  readonly afterSeq?: number;
  readonly matureSeq: number;
  readonly throughSeq?: number;
  readonly throughWindow?: number;
}

/**
 * As `p`, the newest mature predictions that have a label, each once. Rows are found from their labels, in the order of
 * the rows: neither the age of the traffic nor rows without a label cost anything, and a label that came early does not
 * bring its row in before those whose labels came late. Law: at most 2 × `rowsMax` labels with their rows, and the
 * labels of these rows that came later than `throughSeq`.
 */
export function latestLabelled(model: string, range: LabelledRange, rowsMax: number): SQL {
  const { afterSeq, matureSeq, throughSeq, throughWindow } = range;
  return sql`(
      select latest.prediction_id, min(latest.part) as part from (
        select l.prediction_id, l.part from label l where l.model = ${model} and l.prediction_seq <= ${matureSeq}
          ${afterSeq === undefined ? sql.empty() : sql`and l.prediction_seq > ${afterSeq}`}
          ${throughSeq === undefined ? sql.empty() : sql`and l.known_seq <= ${throughSeq}`}
          ${throughWindow === undefined ? sql.empty() : sql`and l.known_window <= ${throughWindow}`}
        order by l.prediction_seq desc limit ${labelsPerRow * rowsMax}
      ) latest where latest.prediction_id is not null group by latest.prediction_id
    ) labelled
    cross join lateral (${predictionOf(model, sql`labelled.prediction_id`, sql`labelled.part`)}) p`;
}
