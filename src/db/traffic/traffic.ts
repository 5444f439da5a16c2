import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

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
    select p.seq::text as seq, p.event_time_ms::text as event_time_ms, p.entity_hash, p.numbers, p.texts,
    p.spec_revision,
      p.version, p.scores, p.raw_scores, p.other_version, p.other_scores, p.other_raw_scores, current.label
    from prediction p
    join lateral (
      select l.label from label l
      where l.model = p.model and l.prediction_id = p.prediction_id and l.known_window <= ${range.throughWindow}
      order by l.label_seq desc limit 1
    ) current on true
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
      select p.seq::text as seq, p.event_time_ms::text as event_time_ms, p.entity_hash, p.numbers, p.texts,
      p.spec_revision,
        p.version, p.scores, p.raw_scores, p.other_version, p.other_scores, p.other_raw_scores, current.label
      from prediction p
      join lateral (
        select l.label from label l
        where l.model = p.model and l.prediction_id = p.prediction_id and l.known_window <= ${range.throughWindow}
        order by l.label_seq desc limit 1
      ) current on true
      where p.model = ${model} and p.seq > ${range.afterSeq} and p.window_number <= ${range.throughWindow}
        and (p.version = ${range.version} or p.other_version = ${range.version})
      order by p.seq desc limit ${range.rowsMax}
    ) recent order by seq::bigint`);
  return result.rows.map(typed);
}

/** What one version said about a row, and what it turned out to be. */
export interface ScoredRow {
  readonly scores: readonly number[];
  /** Before the correction; equal to `scores` where there was none. */
  readonly rawScores: readonly number[];
  readonly label: string;
}

/**
 * The scores alone of the most recent labelled rows that `version` has scored, oldest first: what decay and correction
 * need of thousands of rows per window. One JSON value: reading as many arrays row by row takes ten times the CPU.
 */
export async function recentScores(
  db: Db,
  model: string,
  range: { readonly version: number; readonly throughWindow: number; readonly rowsMax: number },
): Promise<readonly ScoredRow[]> {
  const result = await db.execute<{
    scores: number[][] | null;
    raw_scores: number[][] | null;
    labels: string[] | null;
  }>(sql`
    select json_agg(to_json(scores) order by seq) as scores, json_agg(to_json(coalesce(raw_scores, scores)) order by
    seq) as raw_scores, json_agg(label order by seq) as labels
    from (
      select p.seq, current.label,
        case when p.version = ${range.version} then p.scores else p.other_scores end as scores,
        case when p.version = ${range.version} then p.raw_scores else p.other_raw_scores end as raw_scores
      from prediction p
      join lateral (
        select l.label from label l
        where l.model = p.model and l.prediction_id = p.prediction_id and l.known_window <= ${range.throughWindow}
        order by l.label_seq desc limit 1
      ) current on true
      where p.model = ${model} and p.window_number <= ${range.throughWindow}
        and (p.version = ${range.version} or (p.other_version = ${range.version} and p.other_scores is not null))
      order by p.seq desc limit ${range.rowsMax}
    ) recent`);
  const { scores, raw_scores: rawScores, labels } = result.rows[0] ?? {};
  return (labels ?? []).map((label, row) => ({
    scores: scores?.[row] ?? [],
    rawScores: rawScores?.[row] ?? [],
    label,
  }));
}

/** Labelled rows as known at the end of each of these windows, in one pass. */
export async function countLabelled(
  db: Db,
  model: string,
  throughWindows: readonly number[],
): Promise<readonly number[]> {
  const result = await db.execute<{ rows: number[] }>(sql`
    with first_known as (
      select min(l.known_window) as known_window from label l where l.model = ${model} and l.prediction_id is not
      null group by l.prediction_id
    )
    select array(
      select (select count(*) from first_known where known_window <= w.number)
      from unnest(${sql.param([...throughWindows])}::int[]) with ordinality as w (number, place) order by w.place
    )::int[] as rows`);
  return result.rows[0]?.rows ?? [];
}

/** Labels by entity and time that came before their prediction was stored find it now. */
export async function joinOrphanLabels(db: Db, model: string): Promise<void> {
  await db.execute(sql`
    update label l set prediction_id = p.prediction_id
    from prediction p
    where l.model = ${model} and l.prediction_id is null
      and p.model = l.model and p.entity_hash = l.entity_hash and p.event_time_ms = l.event_time_ms`);
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

/** Labelled rows (as known at the end of `throughWindow`) among the traffic up to `throughSeq`. */
export async function countLabelledThroughSeq(
  db: Db,
  model: string,
  throughSeq: number,
  throughWindow: number,
): Promise<number> {
  const result = await db.execute<{ rows: number }>(sql`
    select count(distinct l.prediction_id)::int as rows from label l
    join prediction p on p.model = l.model and p.prediction_id = l.prediction_id
    where l.model = ${model} and l.known_window <= ${throughWindow} and p.seq <= ${throughSeq} and p.window_number
    <= ${throughWindow}`);
  return result.rows[0]?.rows ?? 0;
}
