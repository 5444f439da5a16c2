import type { Duck } from '../duck/connect.ts';
import { rowsOf, type Piece } from './pieces.ts';

/** What a snapshot says of all its rows, in numbers that rows can be added to and taken from. */
export interface Tally {
  readonly accepted: number;
  readonly setAside: number;
  /** Sum of the hashes of all rows. */
  readonly hashSum: bigint;
  readonly broken: ReadonlyMap<string, number>;
}

export const noRows: Tally = { accepted: 0, setAside: 0, hashSum: 0n, broken: new Map() };

export function added(left: Tally, right: Tally, sign: 1 | -1 = 1): Tally {
  const broken = new Map(left.broken);
  for (const [id, rows] of right.broken) broken.set(id, (broken.get(id) ?? 0) + sign * rows);
  return {
    accepted: left.accepted + sign * right.accepted,
    setAside: left.setAside + sign * right.setAside,
    hashSum: left.hashSum + BigInt(sign) * right.hashSum,
    broken,
  };
}

/** Of rows with the columns of a piece; `values` are its value columns. */
export async function tallyOf(duck: Duck, rows: string, values: readonly string[]): Promise<Tally> {
  const [row] = await duck.rows(`SELECT CAST(count(*) FILTER (NOT bad) AS DOUBLE) AS accepted,
    CAST(count(*) FILTER (bad) AS DOUBLE) AS aside,
    CAST(coalesce(sum(hash(seq, bad, event_key, ${values.join(', ')})), 0) AS VARCHAR) AS hashes FROM ${rows}`);
  const counts = await duck.rows(`SELECT id, CAST(count(*) AS DOUBLE) AS rows
    FROM (SELECT unnest(broken) AS id FROM ${rows}) GROUP BY id ORDER BY id`);
  return {
    accepted: Number(row?.['accepted'] ?? 0),
    setAside: Number(row?.['aside'] ?? 0),
    hashSum: BigInt(String(row?.['hashes'] ?? 0)),
    broken: new Map(counts.map((count) => [String(count['id']), Number(count['rows'])])),
  };
}

/**
 * The tally of those rows of older pieces that are before `fromSeq` or stand again in newer ones, as they counted. Law:
 * linear in the row groups that have such a row.
 */
export async function tallyOfGone(
  duck: Duck,
  old: readonly Piece[],
  given: readonly Piece[],
  of: { readonly fromSeq: number; readonly values: readonly string[] },
): Promise<Tally> {
  const reachedSeq = Math.max(-1, ...old.map(({ orderMax }) => orderMax));
  const again = given
    .filter(({ orderMin }) => orderMin <= reachedSeq)
    .map(({ path }) => `SELECT seq FROM ${rowsOf(path)} WHERE seq <= ${reachedSeq}`);
  const none = 'SELECT 0::BIGINT AS seq WHERE false';
  await duck.run(`CREATE OR REPLACE TEMP TABLE again AS SELECT DISTINCT seq FROM
    (${again.length === 0 ? none : again.join(' UNION ALL ')}) WHERE seq >= ${of.fromSeq}`);
  const [span] = await duck.rows('SELECT CAST(min(seq) AS DOUBLE) AS low, CAST(max(seq) AS DOUBLE) AS high FROM again');
  const [low, high] = [span?.['low'], span?.['high']];
  const found = old.flatMap(({ path, orderMin, orderMax }, index) => {
    const rows = `SELECT *, ${index} AS piece FROM ${rowsOf(path)} AS old`;
    const isAgain =
      typeof low === 'number' && typeof high === 'number' && low <= orderMax && high >= orderMin
        ? [`${rows} SEMI JOIN again USING (seq) WHERE old.seq BETWEEN ${low} AND ${high}`]
        : [];
    return orderMin < of.fromSeq ? [`${rows} WHERE seq < ${of.fromSeq}`, ...isAgain] : isAgain;
  });
  if (found.length === 0) return noRows;
  await duck.run(`CREATE OR REPLACE TEMP TABLE gone AS SELECT * EXCLUDE (piece)
    FROM (${found.join(' UNION ALL ')}) QUALIFY row_number() OVER (PARTITION BY seq ORDER BY piece DESC) = 1`);
  return tallyOf(duck, 'gone', of.values);
}
