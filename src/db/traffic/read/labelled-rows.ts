import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { joinCurrentLabel } from './current-label.ts';

export interface LabelledRow {
  readonly seq: number;
  readonly eventTimeMs: number | null;
  readonly entityHash: string | null;
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly specRevision: number;
  readonly version: number;
  readonly scores: readonly number[];
  /** Before the correction; equal to `scores` where there was none. */
  readonly rawScores: readonly number[];
  readonly otherRawScores: readonly number[] | null;
  readonly otherVersion: number | null;
  readonly otherScores: readonly number[] | null;
  readonly label: string;
}

export const trafficPageRows = 5_000;

const columns = sql`p.seq::text as seq, p.event_time_ms::text as event_time_ms, p.entity_hash, p.numbers, p.texts,
  p.spec_revision, p.version, p.scores, p.raw_scores, p.other_version, p.other_scores, p.other_raw_scores,
  current.label`;

/**
 * One page of labelled traffic in the order of its sequence, as it was known at the end of `throughWindow`: rows of
 * later windows and labels that came later do not exist for this cut-off, so the same events give the same rows at any
 * speed.
 */
export async function labelledPage(
  db: Db,
  model: string,
  range: { readonly afterSeq: number; readonly throughWindow: number; readonly rowsMax?: number },
): Promise<readonly LabelledRow[]> {
  const result = await db.execute<Raw>(sql`
    select ${columns} from prediction p ${joinCurrentLabel({ window: range.throughWindow })}
    where p.model = ${model} and p.seq > ${range.afterSeq} and p.window_number <= ${range.throughWindow}
    order by p.seq limit ${range.rowsMax ?? trafficPageRows}`);
  return result.rows.map(typed);
}

/** The most recent labelled rows that `version` has scored (as whichever arm), oldest first. */
export async function recentScoredRows(
  db: Db,
  model: string,
  range: {
    readonly version: number;
    readonly throughWindow: number;
    readonly afterSeq: number;
    readonly rowsMax: number;
  },
): Promise<readonly LabelledRow[]> {
  const result = await db.execute<Raw>(sql`
    select * from (
      select ${columns} from prediction p ${joinCurrentLabel({ window: range.throughWindow })}
      where p.model = ${model} and p.seq > ${range.afterSeq} and p.window_number <= ${range.throughWindow}
        and p.scores <> '{}' and (p.version = ${range.version} or p.other_version = ${range.version})
      order by p.seq desc limit ${range.rowsMax}
    ) recent order by seq::bigint`);
  return result.rows.map(typed);
}

type Raw = {
  seq: string;
  event_time_ms: string | null;
  entity_hash: string | null;
  numbers: number[];
  texts: (string | null)[];
  spec_revision: number;
  version: number;
  scores: number[];
  raw_scores: number[] | null;
  other_raw_scores: number[] | null;
  other_version: number | null;
  other_scores: number[] | null;
  label: string;
};

function typed(row: Raw): LabelledRow {
  return {
    seq: Number(row.seq),
    eventTimeMs: row.event_time_ms === null ? null : Number(row.event_time_ms),
    entityHash: row.entity_hash,
    numbers: row.numbers,
    texts: row.texts,
    specRevision: row.spec_revision,
    version: row.version,
    scores: row.scores,
    rawScores: row.raw_scores ?? row.scores,
    otherRawScores: row.other_raw_scores ?? row.other_scores,
    otherVersion: row.other_version,
    otherScores: row.other_scores,
    label: row.label,
  };
}
