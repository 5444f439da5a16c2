import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import type { LoggedNumbers } from '../../models/logged-amounts.ts';
import { joinCurrentLabel } from './current-label.ts';
import { latestLabelled } from './latest-labelled.ts';
import { notInAbTest } from './prediction-of.ts';

/** What one version said about a row, and what it turned out to be. */
export interface ScoredRow {
  /** Its position in the traffic. */
  readonly seq: number;
  readonly scores: readonly number[];
  /** Before the correction; equal to `scores` where there was none. */
  readonly rawScores: readonly number[];
  readonly label: string;
  /** The hash of its entity; null for a row without one. */
  readonly entity: string | null;
  /** When it happened, in milliseconds; null for one without a time, absent unless times were asked for. */
  readonly eventTimeMs?: number | null;
  /** Its number features, in the signature order of its spec revision; absent unless they were asked for. */
  readonly logged?: LoggedNumbers;
}

/**
 * The scores alone of the most recent mature labelled rows that `version` has scored, oldest first: what decay and
 * correction need of thousands of rows per window. Law: at most 2 × `rowsMax` labels with their rows. One JSON value:
 * reading as many arrays row by row takes ten times the CPU.
 */
export async function recentScores(
  db: Db,
  model: string,
  range: {
    readonly version: number;
    readonly throughWindow: number;
    /** Labels of later rows have not come as far as they will. */
    readonly matureSeq: number;
    readonly rowsMax: number;
    readonly hasNumbers?: boolean;
    readonly hasTimes?: boolean;
  },
): Promise<readonly ScoredRow[]> {
  const { version, throughWindow, matureSeq, rowsMax, hasNumbers = false, hasTimes = false } = range;
  const result = await db.execute<{
    scores: number[][] | null;
    raw_scores: number[][] | null;
    labels: string[] | null;
    entities: (string | null)[] | null;
    seqs: number[] | null;
    times: (number | null)[] | null;
    numbers: (number | string | null)[][] | null;
    revisions: number[] | null;
  }>(sql`
    select json_agg(to_json(scores) order by seq) as scores, json_agg(to_json(coalesce(raw_scores, scores)) order by
    seq) as raw_scores, json_agg(label order by seq) as labels, json_agg(entity_hash order by seq) as entities,
    json_agg(seq order by seq) as seqs, json_agg(spec_revision order by seq) as revisions,
    ${hasNumbers ? sql`json_agg(to_json(numbers) order by seq)` : sql`null`} as numbers,
    ${hasTimes ? sql`json_agg(event_time_ms order by seq)` : sql`null`} as times
    from (
      select p.seq, p.entity_hash, current.label, p.spec_revision, p.numbers, p.event_time_ms,
        case when p.version = ${version} then p.scores else p.other_scores end as scores,
        case when p.version = ${version} then p.raw_scores else p.other_raw_scores end as raw_scores
      from ${latestLabelled(model, { matureSeq, throughWindow }, rowsMax)}
      ${joinCurrentLabel({ window: throughWindow })}
      where p.seq <= ${matureSeq} and p.scores <> '{}' and ${notInAbTest}
        and (p.version = ${version} or (p.other_version = ${version} and p.other_scores is not null))
      order by p.seq desc limit ${rowsMax}
    ) recent`);
  const { scores, raw_scores: rawScores, labels, entities, seqs, times, numbers, revisions } = result.rows[0] ?? {};
  return (labels ?? []).map((label, row) => ({
    seq: seqs?.[row] ?? 0,
    scores: scores?.[row] ?? [],
    rawScores: rawScores?.[row] ?? [],
    label,
    entity: entities?.[row] ?? null,
    ...(times === null || times === undefined ? {} : { eventTimeMs: times[row] ?? null }),
    // JSON has no NaN: Postgres writes it as text. A cell that is null is missing too, and no 0.
    ...(numbers === null || numbers === undefined
      ? {}
      : {
          logged: {
            numbers: (numbers[row] ?? []).map((value) => (value === null ? Number.NaN : Number(value))),
            specRevision: revisions?.[row] ?? 0,
          },
        }),
  }));
}
