import { and, desc, eq, sql } from 'drizzle-orm';
import { appendAudit } from '../audit/audit.ts';
import type { Db } from '../base/connect.ts';
import { model, version } from '../schema/index.ts';

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
  const hasPassed = gateVerdict === 'pass';
  await appendAudit(tx, {
    ...about,
    type: hasPassed ? 'perennial.gate.passed' : 'perennial.gate.refused',
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
