import { and, desc, eq, sql } from 'drizzle-orm';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Db } from '../base/connect.ts';
import { model, snapshot, version } from '../schema/index.ts';

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
  const [row] = await db
    .select()
    .from(version)
    .where(and(eq(version.model, name), eq(version.version, number)));
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
  const [latest] = await db
    .select({ snapshots: version.snapshots })
    .from(version)
    .where(eq(version.model, name))
    .orderBy(desc(version.version))
    .limit(1);
  const digest = latest?.snapshots[0];
  if (digest === undefined) return 0;
  const [row] = await db.select({ rows: snapshot.rows }).from(snapshot).where(eq(snapshot.digest, digest));
  return row?.rows ?? 0;
}

/** The version, and what its gate said of it; an imported one is told of by whoever imports it. */
async function auditVersion(tx: Db, row: Omit<typeof version.$inferInsert, 'createdAt'>): Promise<void> {
  if (row.origin === 'imported') return;
  const about = {
    model: row.model,
    subject: { of: 'version', model: row.model, version: row.version },
    runId: row.runId,
  } as const;
  const { status, specRevision, modelDigest, snapshots, gateVerdict } = row;
  await appendAudit(tx, {
    ...about,
    type: 'perennial.version.created',
    actor: 'train',
    reason: `v${row.version} by ${row.runId}`,
    data: {
      version: row.version,
      status,
      specRevision,
      modelDigest,
      snapshots,
      labelledRows: row.labelledRows,
      testMetrics: row.report.candidate.testMetrics,
    },
  });
  const passed = gateVerdict === 'pass';
  await appendAudit(tx, {
    ...about,
    type: passed ? 'perennial.gate.passed' : 'perennial.gate.refused',
    actor: 'judge',
    reason: `the gate said ${gateVerdict}`,
    evidenceId: row.gateEvidenceId ?? null,
    data: { version: row.version, gateVerdict },
  });
}

export async function insertVersion(tx: Db, row: Omit<typeof version.$inferInsert, 'createdAt'>): Promise<void> {
  const inserted = await tx.insert(version).values(row).onConflictDoNothing().returning({ version: version.version });
  if (inserted.length > 0) await auditVersion(tx, row);
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
  const { rows, quarantinedRows } = row.manifest;
  await atomically(db, async (tx) => {
    const inserted = await tx
      .insert(snapshot)
      .values({ ...row, rows, quarantinedRows })
      .onConflictDoNothing()
      .returning({ digest: snapshot.digest });
    if (inserted.length === 0) return;
    const data = {
      digest: row.digest,
      kind: row.kind,
      rows,
      quarantinedRows,
      specRevision: row.specRevision,
      throughWindow: row.throughWindow,
    };
    await appendAudit(tx, {
      type: 'perennial.snapshot.created',
      model: row.model,
      subject: { of: 'snapshot', id: row.digest },
      actor: 'ingest',
      reason: `${rows} rows, ${quarantinedRows} in quarantine`,
      data,
    });
  });
}

export async function findSnapshot(db: Db, digest: string): Promise<typeof snapshot.$inferSelect | null> {
  const [row] = await db.select().from(snapshot).where(eq(snapshot.digest, digest));
  return row ?? null;
}

export async function historySnapshotOf(
  db: Db,
  name: string,
  sourceDigest: string,
  specRevision: number,
): Promise<typeof snapshot.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, name),
        eq(snapshot.sourceDigest, sourceDigest),
        eq(snapshot.specRevision, specRevision),
        eq(snapshot.kind, 'history'),
      ),
    )
    .limit(1);
  return row ?? null;
}
