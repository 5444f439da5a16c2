import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { aliasMove, window, windowQuality } from '../schema/index.ts';

export type WindowQualityRow = typeof windowQuality.$inferSelect;

/** The version that the alias champion pointed to first; null before there was one. */
export async function firstChampionOf(db: Db, model: string): Promise<number | null> {
  const [row] = await db
    .select({ version: aliasMove.toVersion })
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), isNotNull(aliasMove.toVersion)))
    .orderBy(asc(aliasMove.moveId))
    .limit(1);
  return row?.version ?? null;
}

/** A window's part of a model's traffic, and the rows of it that are looked at: all, or evenly spread blocks. */
export interface Stretch {
  readonly number: number;
  readonly blocks: readonly { readonly low: number; readonly high: number }[];
}

const blockRows = 100;

/** The window that was judged, and those of `again` that are unmeasured or have rows without a label. */
export async function stretchesOf(
  db: Db,
  model: string,
  number: number,
  again: readonly number[],
  rowsMax: number,
): Promise<readonly (Stretch & { readonly labelledRows: number | null })[]> {
  const rows = await db
    .select({
      number: window.number,
      firstSeq: window.firstSeq,
      lastSeq: window.lastSeq,
      rows: windowQuality.rows,
      labelledRows: windowQuality.labelledRows,
    })
    .from(window)
    .leftJoin(windowQuality, and(eq(windowQuality.model, window.model), eq(windowQuality.windowNumber, window.number)))
    .where(and(eq(window.model, model), inArray(window.number, [number, ...again])))
    .orderBy(asc(window.number));
  return rows
    .filter(
      (row) =>
        row.lastSeq >= row.firstSeq &&
        (row.number === number || row.rows === null || (row.labelledRows ?? 0) < row.rows),
    )
    .map(({ number: windowNumber, labelledRows, firstSeq, lastSeq }) => ({
      number: windowNumber,
      labelledRows,
      blocks: blocksOf(firstSeq, lastSeq, rowsMax),
    }));
}

/** Everything, or as many blocks of 100 neighbours as fit into `rowsMax`, evenly spread. */
function blocksOf(firstSeq: number, lastSeq: number, rowsMax: number): Stretch['blocks'] {
  const rows = lastSeq - firstSeq + 1;
  if (rows <= rowsMax) return [{ low: firstSeq, high: lastSeq }];
  const count = Math.max(1, Math.floor(rowsMax / blockRows));
  return Array.from({ length: count }, (_, i) => {
    const low = firstSeq + Math.floor((i * rows) / count);
    return { low, high: Math.min(lastSeq, low + blockRows - 1) };
  });
}

/**
 * Ranges over (model, seq), never a join by position: for a model that Postgres has no statistics of yet, such a join
 * reads all of its traffic.
 */
const sampled = (model: string, { blocks }: Stretch) => {
  const parts = blocks.map(
    ({ low, high }) =>
      sql`select * from prediction where model = ${model} and seq between ${low}::bigint and ${high}::bigint and
        version > 0 and not failed`,
  );
  return sql`(${sql.join(parts, sql` union all `)}) p`;
};

const labelKnown = (throughWindow: number) => sql`
  left join lateral (
    select l.label from label l
    where l.model = p.model and l.prediction_id = p.prediction_id and l.known_window <= ${throughWindow}
    order by l.label_seq desc limit 1
  ) current on true`;

/** How many rows have a label by the end of `throughWindow`, and the spec revisions under which they were logged. */
export async function countStretch(
  db: Db,
  model: string,
  stretch: Stretch,
  throughWindow: number,
): Promise<{ readonly labelledRows: number; readonly revisions: readonly number[] }> {
  const result = await db.execute<{ labelled: number; revisions: number[] | null }>(sql`
    select count(current.label)::int as labelled, array_agg(distinct p.spec_revision) as revisions
    from ${sampled(model, stretch)} ${labelKnown(throughWindow)}`);
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
  /** What the first champion said before any correction, where it was asked. */
  readonly firstRaw: readonly number[] | null;
}

/** Where an amount stands in the logged numbers, by the revision that they were logged under. */
export type AmountSlots = ReadonlyMap<number, number>;

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
    readonly amounts: readonly AmountSlots[];
  },
): Promise<readonly MeasuredAnswer[]> {
  const first = asked.firstVersion ?? -1;
  const amounts = asked.amounts.map((slots) => {
    const cases = [...slots].map(
      ([revision, slot]) => sql`when p.spec_revision = ${revision}::int then p.numbers[${slot + 1}::int]`,
    );
    return cases.length === 0 ? sql`null::float8` : sql`case ${sql.join(cases, sql` `)} end`;
  });
  const result = await db.execute<{ rows: unknown[][] | null }>(sql`
    select json_agg(json_build_array(p.seq, p.scores, p.decision, current.label,
    ${amounts.length === 0 ? sql`null` : sql`json_build_array(${sql.join(amounts, sql`, `)})`},
      left(md5(p.prediction_id), 12),
      case when p.version = ${first} then coalesce(p.raw_scores, p.scores) when p.other_version = ${first} then
      coalesce(p.other_raw_scores, p.other_scores) end
    ) order by p.seq) as rows
    from ${sampled(model, stretch)} ${labelKnown(asked.throughWindow)}`);
  return (result.rows[0]?.rows ?? []).map(([seq, scores, decision, label, amount, hash, firstRaw]) => ({
    seq: Number(seq),
    scores: numbers(scores),
    decision: typeof decision === 'string' ? decision : null,
    label: typeof label === 'string' ? label : null,
    amounts: amount === null ? [] : numbers(amount),
    hash: String(hash),
    firstRaw: firstRaw === null ? null : numbers(firstRaw),
  }));
}

/** JSON has no NaN: Postgres writes it as text, and null is a missing amount. */
function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map((cell) => (cell === null ? Number.NaN : Number(cell))) : [];
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

/** Measured again, a window's row is replaced as a whole. */
export async function putWindowQuality(db: Db, row: Omit<WindowQualityRow, 'measuredAt'>): Promise<void> {
  const values = { ...row, measuredAt: new Date() };
  await db
    .insert(windowQuality)
    .values(values)
    .onConflictDoUpdate({ target: [windowQuality.model, windowQuality.windowNumber], set: values });
}
