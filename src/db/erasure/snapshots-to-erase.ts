import { and, asc, eq, sql } from 'drizzle-orm';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';

export type SnapshotToErase = typeof snapshot.$inferSelect;

/**
 * The next snapshot of an owner, oldest first, behind a place as `<epoch ms>/<digest>`; null behind the last one. Those
 * whose files were given up too: the bytes stay for a while, and the row for good.
 */
export async function nextSnapshot(db: Db, owner: string, cursor: string | null): Promise<SnapshotToErase | null> {
  const [ms = '0', digest = ''] = cursor?.split('/') ?? [];
  const [row] = await db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, owner),
        sql`(${snapshot.createdAt}, ${snapshot.digest}) > (to_timestamp(${Number(ms)} / 1000.0), ${digest})`,
      ),
    )
    .orderBy(asc(snapshot.createdAt), asc(snapshot.digest))
    .limit(1);
  return row ?? null;
}

export function cursorOfSnapshot({ createdAt, digest }: SnapshotToErase): string {
  return `${createdAt.getTime()}/${digest}`;
}

/** Puts another manifest behind the name of a snapshot; false when somebody else has put one there since. */
export async function replaceManifest(
  tx: Db,
  { digest, manifest: before }: Pick<SnapshotToErase, 'digest' | 'manifest'>,
  manifest: SnapshotManifest,
): Promise<boolean> {
  const { rows, quarantinedRows } = manifest;
  const done = await tx
    .update(snapshot)
    .set({ manifest, rows, quarantinedRows })
    .where(and(eq(snapshot.digest, digest), sql`${snapshot.manifest} = ${JSON.stringify(before)}::jsonb`))
    .returning({ digest: snapshot.digest });
  return done.length > 0;
}

/** What people wrote about quarantined rows that are gone, and cells that they filled with the entity's name. */
export async function eraseQuarantineWords(
  tx: Db,
  digest: string,
  lines: readonly number[],
  of: { readonly entity: string; readonly keyColumns: readonly string[] },
): Promise<number> {
  const list = sql`${sql.param([...lines])}::bigint[]`;
  const keys = sql`${sql.param([...of.keyColumns])}::text[]`;
  const { rows } = await tx.execute<{ rows: number }>(sql`
    with edits as (delete from quarantine_edit e where e.snapshot = ${digest} and (e.line = any(${list})
        or (e.column_name = any(${keys}) and e.value = ${of.entity})) returning 1),
      decisions as (delete from quarantine_decision d where d.snapshot = ${digest} and d.line = any(${list})
        returning 1)
    select ((select count(*) from edits) + (select count(*) from decisions))::int as rows`);
  return rows[0]?.rows ?? 0;
}

/** Quarantines of batches that a contract refused as a whole: their runs alone name them. Behind a run, by its id. */
export async function nextRefusedBatch(
  db: Db,
  owner: string,
  afterRun: string,
): Promise<{ readonly runId: string; readonly digest: string } | null> {
  const { rows } = await db.execute<{ runId: string; digest: string }>(sql`
    select r.run_id as "runId", substring(r.detail from '[0-9a-f]{64}') as digest from run r
    where r.model = ${owner} and r.kind = 'ingest' and r.run_id > ${afterRun} and r.detail ~ '[0-9a-f]{64}'
    order by r.run_id limit 1`);
  return rows[0] ?? null;
}

/** The run names the file that took the place; that there was one it goes on saying where none is left. */
export async function renameRefusedBatch(
  tx: Db,
  { runId, digest }: { readonly runId: string; readonly digest: string },
  replacedBy: string | null,
): Promise<void> {
  await tx.execute(sql`update run set detail = replace(detail, ${digest}, ${replacedBy ?? '(erased)'})
    where run_id = ${runId}`);
}
