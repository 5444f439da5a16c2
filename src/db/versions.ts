import { and, desc, eq, sql } from 'drizzle-orm';
import type { SnapshotManifest } from '../domain/snapshot.ts';
import type { Db } from './connect.ts';
import { model, snapshot, version } from './schema.ts';

export type VersionRow = typeof version.$inferSelect;

/** Hands out the next version number of a model; numbers are business identities and never reused. */
export async function nextVersionNumber(tx: Db, name: string): Promise<number> {
  const [row] = await tx
    .update(model)
    .set({ versionCounter: sql`${model.versionCounter} + 1` })
    .where(eq(model.name, name))
    .returning({ number: model.versionCounter });
  if (row === undefined) throw new Error(`no model is named "${name}"`);
  return row.number;
}

export async function findVersion(db: Db, name: string, number: number): Promise<VersionRow | null> {
  const [row] = await db.select().from(version).where(and(eq(version.model, name), eq(version.version, number)));
  return row ?? null;
}

export async function versionOfRun(db: Db, runId: string): Promise<VersionRow | null> {
  const [row] = await db.select().from(version).where(eq(version.runId, runId));
  return row ?? null;
}

export async function latestVersion(db: Db, name: string): Promise<VersionRow | null> {
  const [row] = await db.select().from(version).where(eq(version.model, name)).orderBy(desc(version.version)).limit(1);
  return row ?? null;
}

/** Rows of the declared source that the latest version was trained on; 0 before the first version. */
export async function historyRowsOf(db: Db, name: string): Promise<number> {
  const [latest] = await db.select({ snapshots: version.snapshots }).from(version).where(eq(version.model, name)).orderBy(desc(version.version)).limit(1);
  const digest = latest?.snapshots[0];
  if (digest === undefined) return 0;
  const [row] = await db.select({ rows: snapshot.rows }).from(snapshot).where(eq(snapshot.digest, digest));
  return row?.rows ?? 0;
}

export async function insertVersion(tx: Db, row: Omit<typeof version.$inferInsert, 'createdAt'>): Promise<void> {
  await tx.insert(version).values(row).onConflictDoNothing();
}

export async function putSnapshot(
  db: Db,
  row: {
    readonly digest: string;
    readonly model: string;
    readonly specRevision: number;
    readonly kind: 'history' | 'traffic';
    readonly sourceDigest: string;
    readonly throughWindow: number;
    readonly manifest: SnapshotManifest;
  },
): Promise<void> {
  await db
    .insert(snapshot)
    .values({ ...row, rows: row.manifest.rows, quarantinedRows: row.manifest.quarantinedRows })
    .onConflictDoNothing();
}

export async function findSnapshot(db: Db, digest: string): Promise<typeof snapshot.$inferSelect | null> {
  const [row] = await db.select().from(snapshot).where(eq(snapshot.digest, digest));
  return row ?? null;
}

export async function historySnapshotOf(db: Db, name: string, sourceDigest: string, specRevision: number): Promise<typeof snapshot.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(and(eq(snapshot.model, name), eq(snapshot.sourceDigest, sourceDigest), eq(snapshot.specRevision, specRevision), eq(snapshot.kind, 'history')))
    .limit(1);
  return row ?? null;
}
