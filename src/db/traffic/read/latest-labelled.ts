import { sql, type SQL } from 'drizzle-orm';
import { predictionOf } from './prediction-of.ts';

/** Labels that are looked at for each row that is wanted: some are corrections, some are of rows of somebody else. */
const labelsPerRow = 2;

/** Between which positions of the traffic, and through which window, the labels became known. */
export interface KnownRange {
  readonly afterSeq?: number;
  readonly throughSeq?: number;
  readonly throughWindow?: number;
}

/**
 * As `p`, the predictions that the labels which came last are about, each once. Rows are found from their labels, so
 * that neither the age of the traffic nor the rows that wait for a label cost anything. Law: at most 2 × `rowsMax`
 * labels with their rows.
 */
export function latestLabelled(model: string, known: KnownRange, rowsMax: number): SQL {
  const { afterSeq, throughSeq, throughWindow } = known;
  return sql`(
      select latest.prediction_id, min(latest.part) as part from (
        select l.prediction_id, l.part from label l where l.model = ${model}
          ${afterSeq === undefined ? sql.empty() : sql`and l.known_seq > ${afterSeq}`}
          ${throughSeq === undefined ? sql.empty() : sql`and l.known_seq <= ${throughSeq}`}
          ${throughWindow === undefined ? sql.empty() : sql`and l.known_window <= ${throughWindow}`}
        order by l.known_seq desc, l.label_seq desc limit ${labelsPerRow * rowsMax}
      ) latest where latest.prediction_id is not null group by latest.prediction_id
    ) labelled
    cross join lateral (${predictionOf(model, sql`labelled.prediction_id`, sql`labelled.part`)}) p`;
}
