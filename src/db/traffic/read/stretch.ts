import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { leftJoinCurrentLabel } from './current-label.ts';
import { notInAbTest } from './prediction-of.ts';

/** A window's part of a model's traffic, and the rows of it that are looked at: all, or evenly spread blocks. */
export interface Stretch {
  readonly number: number;
  readonly blocks: readonly { readonly low: number; readonly high: number }[];
}

/** How many rows have a label by the end of `throughWindow`, and the spec revisions under which they were logged. */
export async function countStretch(
  db: Db,
  model: string,
  stretch: Stretch,
  throughWindow: number,
): Promise<{ readonly labelledRows: number; readonly revisions: readonly number[] }> {
  const result = await db.execute<{ labelled: number; revisions: number[] | null }>(sql`
    select count(current.label)::int as labelled, array_agg(distinct p.spec_revision) as revisions
    from ${rowsOf(model, stretch)} ${leftJoinCurrentLabel({ window: throughWindow })}`);
  const [row] = result.rows;
  return { labelledRows: row?.labelled ?? 0, revisions: row?.revisions ?? [] };
}

export interface MeasuredAnswer {
  readonly seq: number;
  readonly scores: readonly number[];
  readonly decision: string | null;
  readonly label: string | null;
  /** In the order of the amounts that were asked for; NaN where missing. */
  readonly amounts: readonly number[];
  /** Orders rows for a sample that does not depend on when it is drawn. */
  readonly hash: string;
  /** When its event was, epoch milliseconds; null where it came without a time. */
  readonly eventTimeMs: number | null;
  /** What the first champion said before any correction, where it was asked. */
  readonly firstRaw: readonly number[] | null;
}

/** Where an amount stands in the logged numbers, by the revision that they were logged under. */
export type AmountIndices = ReadonlyMap<number, number>;

/**
 * The answers of a stretch in time order (those without an error, by a version), as one JSON value: rows of arrays one
 * by one take ten times the CPU.
 */
export async function answersOf(
  db: Db,
  model: string,
  stretch: Stretch,
  asked: {
    readonly throughWindow: number;
    readonly firstVersion: number | null;
    readonly amounts: readonly AmountIndices[];
  },
): Promise<readonly MeasuredAnswer[]> {
  const first = asked.firstVersion ?? -1;
  const amounts = asked.amounts.map(amountOf);
  const result = await db.execute<{ rows: unknown[][] | null }>(sql`
    select json_agg(json_build_array(p.seq, p.scores, p.decision, current.label,
    ${amounts.length === 0 ? sql`null` : sql`json_build_array(${sql.join(amounts, sql`, `)})`},
      left(md5(p.prediction_id), 12),
      case when p.version = ${first} then coalesce(p.raw_scores, p.scores) when p.other_version = ${first} then
      coalesce(p.other_raw_scores, p.other_scores) end, p.event_time_ms
    ) order by p.seq) as rows
    from ${rowsOf(model, stretch)} ${leftJoinCurrentLabel({ window: asked.throughWindow })}`);
  return (result.rows[0]?.rows ?? []).map(([seq, scores, decision, label, amount, hash, firstRaw, timeMs]) => ({
    seq: Number(seq),
    scores: numbers(scores),
    decision: typeof decision === 'string' ? decision : null,
    label: typeof label === 'string' ? label : null,
    amounts: amount === null ? [] : numbers(amount),
    hash: String(hash),
    eventTimeMs: timeMs === null ? null : Number(timeMs),
    firstRaw: firstRaw === null ? null : numbers(firstRaw),
  }));
}

/**
 * Ranges over (model, seq), never a join by position: for a model that Postgres has no statistics of yet, such a join
 * reads all of its traffic.
 */
function rowsOf(model: string, { blocks }: Stretch): SQL {
  const parts = blocks.map(
    ({ low, high }) =>
      sql`select * from prediction where model = ${model} and seq between ${low}::bigint and ${high}::bigint and
        version > 0 and not failed and ${notInAbTest}`,
  );
  return sql`(${sql.join(parts, sql` union all `)}) p`;
}

function amountOf(indices: AmountIndices): SQL {
  const cases = [...indices].map(
    ([revision, index]) => sql`when p.spec_revision = ${revision}::int then p.numbers[${index + 1}::int]`,
  );
  return cases.length === 0 ? sql`null::float8` : sql`case ${sql.join(cases, sql` `)} end`;
}

export interface LoggedInput {
  readonly seq: number;
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly specRevision: number;
}

/** Logged inputs at these positions, in their order. */
export async function inputsAt(db: Db, model: string, seqs: readonly number[]): Promise<readonly LoggedInput[]> {
  const result = await db.execute<{ rows: unknown[][] | null }>(sql`
    select json_agg(json_build_array(p.seq, p.numbers, p.texts, p.spec_revision) order by p.seq) as rows
    from prediction p
    where p.model = ${model} and p.seq between ${Math.min(...seqs)}::bigint and ${Math.max(...seqs)}::bigint and
    p.seq = any(${sql.param([...seqs])}::bigint[])`);
  return (result.rows[0]?.rows ?? []).map(([seq, values, texts, specRevision]) => ({
    seq: Number(seq),
    numbers: numbers(values),
    texts: Array.isArray(texts) ? texts.map((text) => (typeof text === 'string' ? text : null)) : [],
    specRevision: Number(specRevision),
  }));
}

/** JSON has no NaN: Postgres writes it as text, and null is a missing amount. */
function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map((cell) => (cell === null ? Number.NaN : Number(cell))) : [];
}
