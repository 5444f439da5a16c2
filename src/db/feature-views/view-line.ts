import { sql } from 'drizzle-orm';
import { orderMaxOf, type SnapshotManifest, type ViewRows } from '../../domain/training/snapshot.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';

/** One snapshot of a line that holds rows itself, by what is needed to read them. */
export interface LinePart {
  readonly digest: string;
  readonly files: SnapshotManifest['files'];
  readonly view: ViewRows;
  /** Rows, those set aside too. */
  readonly rows: number;
  /** The last place of its rows that counts; null where all do. */
  readonly throughSeq: number | null;
}

/** Snapshots walked back over: parts of a line, and what they were joined from. */
const walkedMax = 100_000;

interface Walked extends Record<string, unknown> {
  readonly digest: string;
  readonly hasRows: boolean;
  readonly isAsked: boolean;
  readonly files: SnapshotManifest['files'];
  readonly view: ViewRows;
  readonly rows: number;
}

/**
 * The snapshots that hold what a snapshot of a view and all that it continues stand for, back to and with `until`
 * (null: to the beginning), in the order of their rows: each row stands in one of them. Null where files were given
 * up, of what was asked for or of what it continues: a part of the rows would pass for all of them. What was joined
 * meanwhile is read in what it was joined into, up to its own last row: the same rows in the same order, whatever was
 * joined since. Law: a look-up for each part, and for each level of joins on the way.
 */
export async function viewLine(
  db: Db,
  digest: string,
  until: string | null = null,
): Promise<readonly LinePart[] | null> {
  const { rows } = await db.execute<Walked>(sql`
    with recursive line (digest, next, has_rows, n) as (
      select s.* from (${step(sql`0`, sql`${digest}`)}) s
      union all
      select s.* from line cross join lateral (${step(sql`line.n + 1`, sql`line.next`)}) s
      where line.digest is distinct from ${until}::text and line.n < ${walkedMax})
    select l.digest, l.has_rows as "hasRows", l.n = 0 as "isAsked", s.files, s.view, s.rows from line l
      cross join lateral (select manifest -> 'files' as files, manifest -> 'view' as view,
        (rows + quarantined_rows)::float8 as rows from snapshot
        where snapshot.digest = l.digest limit 1) s
    order by l.n desc`);
  if (rows.length > walkedMax)
    throw new PerennialError('invalid_data', `snapshot ${digest.slice(0, 16)} continues more than ${walkedMax} others`);
  const asked = rows.at(-1);
  const held = rows.filter(({ hasRows }) => hasRows);
  const last = held.at(-1);
  if (asked === undefined || last === undefined || rows[0]?.hasRows !== true) return null;
  const throughSeq = orderMaxOf({ files: asked.files, rows: 0 });
  return held.map((part) => ({
    digest: part.digest,
    files: part.files,
    view: part.view,
    rows: part.rows,
    throughSeq: part === last && !part.isAsked ? throughSeq : null,
  }));
}

/** One snapshot with where to go on: what it was joined into, else what it continues, unless its files are gone. */
function step(n: ReturnType<typeof sql>, digest: ReturnType<typeof sql>) {
  return sql`select digest, coalesce(joined_into, case when files_removed_at is null then manifest -> 'parents' ->> 0
      end) as next, files_removed_at is null as has_rows, ${n} as n
    from snapshot where snapshot.digest = ${digest} limit 1`;
}

/** The snapshot that holds the rows of this one now: itself, or what it was joined into; null where there is none. */
export async function heldBy(db: Db, digest: string): Promise<string | null> {
  const { rows } = await db.execute<{ digest: string }>(sql`
    with recursive line (digest, next) as (
      select digest, joined_into from snapshot where digest = ${digest}
      union all
      select s.digest, s.joined_into from line cross join lateral (
        select digest, joined_into from snapshot where snapshot.digest = line.next limit 1) s)
    select digest from line where next is null`);
  return rows[0]?.digest ?? null;
}
