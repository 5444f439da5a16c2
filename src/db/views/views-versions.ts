import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, keyInt, pageOf, type Page } from '../../contracts/http/page.ts';
import type { VersionDetailView, VersionView } from '../../contracts/http/views.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import type { Db } from '../base/connect.ts';
import { pinnedViewsOf } from '../feature-views/pinned-views-of.ts';
import { readModel } from '../models/specs.ts';
import { evidence, version } from '../schema/index.ts';

/** Where a list of versions goes on: the number of its last one, `end`, or null for its beginning. */
export const versionKey = z.union([keyInt, z.literal('end')]).nullable();
type VersionKey = z.infer<typeof versionKey>;

const listedMax = 20;

/** One version with its whole report. Throws `version_not_found` listing what exists. */
export async function versionOf(db: Db, name: string, number: number): Promise<VersionDetailView> {
  await readModel(db, name);
  const [row] = await db
    .select()
    .from(version)
    .where(and(eq(version.model, name), eq(version.version, number)));
  const [view] = await versionsOf(db, and(eq(version.model, name), eq(version.version, number)), 1);
  if (row === undefined || view === undefined) throw await versionNotFound(db, name, number);
  const gate =
    row.gateEvidenceId === null
      ? null
      : await db.select({ body: evidence.body }).from(evidence).where(eq(evidence.evidenceId, row.gateEvidenceId));
  return {
    ...view,
    modelDigest: row.modelDigest,
    profileDigest: row.profileDigest,
    snapshots: [...row.snapshots],
    ...(await pinnedViewsOf(db, name, row.specRevision)),
    report: { ...row.report },
    gateEvidence: gate?.[0]?.body ?? null,
  };
}

/** Versions of a model, latest first; at most `limit` (1..200). */
export async function listVersions(
  db: Db,
  name: string,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<VersionView>> {
  await readModel(db, name);
  const key = decodeCursor(keyInt, page.cursor);
  const rows = await versionsBelow(db, name, key, undefined, page.limit + 1);
  return pageOf(rows, page.limit, (row) => row.version);
}

/** Versions of a model below the key, latest first. */
export async function versionsBelow(
  db: Db,
  name: string,
  key: VersionKey,
  until: SQL | undefined,
  limit: number,
): Promise<readonly VersionView[]> {
  if (key === 'end') return [];
  const after = key === null ? undefined : lt(version.version, key);
  return versionsOf(db, and(eq(version.model, name), after, until), limit);
}

/** True when the model has this version and it may be served (an experiment or a refused one may not). */
export async function isReleasedVersion(db: Db, name: string, number: number): Promise<boolean> {
  const [row] = await db
    .select({ status: version.status })
    .from(version)
    .where(and(eq(version.model, name), eq(version.version, number)));
  if (row === undefined) throw await versionNotFound(db, name, number);
  return row.status === 'released';
}

/** Metrics are those of the candidate on the test rows, as gated; the whole report stays in the database. */
async function versionsOf(db: Db, where: SQL | undefined, limit: number): Promise<VersionView[]> {
  const rows = await db
    .select({
      version: version.version,
      status: version.status,
      origin: version.origin,
      family: sql<string | null>`${version.report} -> 'release' ->> 'family'`,
      runId: version.runId,
      specRevision: version.specRevision,
      labelledRows: version.labelledRows,
      throughWindow: version.throughWindow,
      threshold: version.threshold,
      metrics: sql<Record<string, number> | null>`${version.report} -> 'candidate' -> 'testMetrics'`,
      gateVerdict: version.gateVerdict,
      gateEvidenceId: version.gateEvidenceId,
      createdAt: version.createdAt,
    })
    .from(version)
    .where(where)
    .orderBy(desc(version.version))
    .limit(limit);
  return rows.map((row) => ({ ...row, metrics: row.metrics ?? {}, createdAt: row.createdAt.toISOString() }));
}

async function versionNotFound(db: Db, name: string, number: number): Promise<PerennialError> {
  const rows = await db
    .select({ version: version.version })
    .from(version)
    .where(eq(version.model, name))
    .orderBy(desc(version.version))
    .limit(listedMax);
  const known = rows.length === 0 ? 'it has none yet' : `it has ${listNames(rows.map((row) => `v${row.version}`))}`;
  return new PerennialError('version_not_found', `Model "${name}" has no version ${number}; ${known}.`);
}
