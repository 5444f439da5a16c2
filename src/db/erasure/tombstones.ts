import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { ErasedThing } from '../../domain/record/erasure/erasure.ts';
import type { Db } from '../base/connect.ts';
import { tombstone } from '../schema/index.ts';

export type Tombstone = typeof tombstone.$inferSelect;

/**
 * What stands for a digest from now on: of one that had rows erased before, the newest word counts. Its rows are added
 * up once for each file that took the place: one file may stand in many snapshots.
 */
export async function putTombstone(
  tx: Db,
  row: {
    readonly digest: string;
    readonly what: ErasedThing;
    readonly owner: string;
    readonly replacedBy: string | null;
    readonly erasureId: string;
    readonly rows: number;
  },
): Promise<void> {
  await tx
    .insert(tombstone)
    .values(row)
    .onConflictDoUpdate({
      target: tombstone.digest,
      set: {
        replacedBy: row.replacedBy,
        erasureId: row.erasureId,
        rows: sql`case when ${tombstone.erasureId} = excluded.erasure_id
          and ${tombstone.replacedBy} is not distinct from excluded.replaced_by
          then ${tombstone.rows} else ${tombstone.rows} + excluded.rows end`,
        erasedAt: sql`now()`,
        sweptAt: null,
      },
    });
}

export async function tombstonesOf(db: Db, digests: readonly string[]): Promise<ReadonlyMap<string, Tombstone>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .select()
    .from(tombstone)
    .where(inArray(tombstone.digest, [...digests]));
  return new Map(rows.map((row) => [row.digest, row]));
}

/** What this erasure made of a file that it met before; null where it has not. */
export async function replacedBefore(db: Db, erasureId: string, digest: string): Promise<Tombstone | null> {
  const [row] = await db
    .select()
    .from(tombstone)
    .where(and(eq(tombstone.digest, digest), eq(tombstone.erasureId, erasureId)));
  return row ?? null;
}

/** Tombstones of an erasure whose bytes still stand, by digest; at most `limit`. */
export async function unsweptTombstones(
  db: Db,
  erasureId: string,
  after: string,
  limit: number,
): Promise<readonly Tombstone[]> {
  return db
    .select()
    .from(tombstone)
    .where(and(eq(tombstone.erasureId, erasureId), isNull(tombstone.sweptAt), sql`${tombstone.digest} > ${after}`))
    .orderBy(tombstone.digest)
    .limit(limit);
}

export async function markSwept(db: Db, digest: string): Promise<void> {
  await db
    .update(tombstone)
    .set({ sweptAt: sql`now()` })
    .where(eq(tombstone.digest, digest));
}

/**
 * Of these digests, those that something else is made of: files of equal bytes may stand in snapshots that the erasure
 * does not cover. Sealed files are told by `sealedAmong`; names of snapshots, which stay, are none of these.
 */
export async function stillNeeded(db: Db, digests: readonly string[]): Promise<ReadonlySet<string>> {
  const list = sql`${sql.param([...digests])}::text[]`;
  const { rows } = await db.execute<{ digest: string }>(sql`
    select d.digest from unnest(${list}) as d (digest) where
      exists (select from snapshot s where s.files_removed_at is null and (s.manifest ->> 'quarantineDigest' = d.digest
        or s.manifest -> 'repairs' ->> 'logDigest' = d.digest
        or s.manifest -> 'files' @> jsonb_build_array(jsonb_build_object('sha256', d.digest))))
      or exists (select from pushed_batch b where b.digest = d.digest)`);
  return new Set(rows.map(({ digest }) => digest));
}
