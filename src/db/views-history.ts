import { and, desc, eq, isNull, lt, lte, sql, type SQL } from 'drizzle-orm';
import type { AlertView, ChampionAtView, HistoryView, MoveView, RunDetailView, VersionDetailView, VersionView } from '../contracts/views.ts';
import { PerennialError } from '../domain/errors.ts';
import { listNames } from '../domain/nearest-name.ts';
import type { Db } from './connect.ts';
import { alert, aliasMove, decision, evidence, run, version } from './schema.ts';
import { readModel } from './specs.ts';
import { alertViewOf, decisionViewOf, runViewOf } from './views-rows.ts';

export interface HistoryPage {
  /** Rows of each kind, 1..200. */
  readonly limit: number;
  /** Only what happened before this instant; null for the latest. */
  readonly before: Date | null;
}

const limitMax = 200;
const listedMax = 20;

/** What happened to a model, latest first: moves with their evidence, versions, decisions, runs, alerts. */
export async function historyOf(db: Db, name: string, page: HistoryPage): Promise<HistoryView> {
  await readModel(db, name);
  const limit = Math.min(limitMax, Math.max(1, page.limit));
  const { before } = page;
  const decisions = await db
    .select()
    .from(decision)
    .where(and(eq(decision.model, name), before === null ? undefined : lt(decision.createdAt, before)))
    .orderBy(desc(decision.createdAt), desc(decision.windowNumber))
    .limit(limit);
  const runs = await db
    .select()
    .from(run)
    .where(and(eq(run.model, name), before === null ? undefined : lt(run.startedAt, before)))
    .orderBy(desc(run.startedAt))
    .limit(limit);
  const alerts = await db
    .select()
    .from(alert)
    .where(and(eq(alert.model, name), before === null ? undefined : lt(alert.openedAt, before)))
    .orderBy(desc(alert.openedAt))
    .limit(limit);
  return {
    model: name,
    moves: await movesOf(db, name, before, limit),
    versions: await versionsOf(db, and(eq(version.model, name), before === null ? undefined : lt(version.createdAt, before)), limit),
    decisions: decisions.map(decisionViewOf),
    runs: runs.map(runViewOf),
    alerts: alerts.map(alertViewOf),
  };
}

/** Who was champion at an instant, and why; `champion` is null when nobody was. */
export async function championAt(db: Db, name: string, at: Date): Promise<ChampionAtView> {
  await readModel(db, name);
  const [move] = await db
    .select()
    .from(aliasMove)
    .where(and(eq(aliasMove.model, name), eq(aliasMove.alias, 'champion'), lte(aliasMove.movedAt, at)))
    .orderBy(desc(aliasMove.movedAt), desc(aliasMove.moveId))
    .limit(1);
  const champion =
    move === undefined
      ? null
      : { version: move.toVersion, since: move.movedAt.toISOString(), actor: move.actor, why: move.why, evidenceId: move.evidenceId };
  return { model: name, at: at.toISOString(), champion };
}

/** One version with its whole report. Throws `version_not_found` listing what exists. */
export async function versionOf(db: Db, name: string, number: number): Promise<VersionDetailView> {
  await readModel(db, name);
  const [row] = await db.select().from(version).where(and(eq(version.model, name), eq(version.version, number)));
  const [view] = await versionsOf(db, and(eq(version.model, name), eq(version.version, number)), 1);
  if (row === undefined || view === undefined) throw await versionNotFound(db, name, number);
  const gate = row.gateEvidenceId === null ? null : await db.select({ body: evidence.body }).from(evidence).where(eq(evidence.evidenceId, row.gateEvidenceId));
  return {
    ...view,
    modelDigest: row.modelDigest,
    profileDigest: row.profileDigest,
    snapshots: [...row.snapshots],
    report: { ...row.report },
    gateEvidence: gate?.[0]?.body ?? null,
  };
}

/** True when the model has this version and it may be served (an experiment or a refused one may not). */
export async function isReleasedVersion(db: Db, name: string, number: number): Promise<boolean> {
  const [row] = await db.select({ status: version.status }).from(version).where(and(eq(version.model, name), eq(version.version, number)));
  if (row === undefined) throw await versionNotFound(db, name, number);
  return row.status === 'released';
}

/** One run by its id (the id of its workflow). Throws `not_found`. */
export async function runOf(db: Db, runId: string): Promise<RunDetailView> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  if (row === undefined) throw new PerennialError('not_found', `There is no run "${runId}".`, { hint: 'Use one of the runs listed by `perennial history <model>`.' });
  return { ...runViewOf(row), input: row.input, output: row.output, link: null };
}

/** Alerts, latest first. `models` null means all; at most `limit` (1..200). */
export async function listAlerts(db: Db, filter: { readonly model: string | null; readonly openOnly: boolean; readonly limit: number }): Promise<readonly AlertView[]> {
  const rows = await db
    .select()
    .from(alert)
    .where(and(filter.model === null ? undefined : eq(alert.model, filter.model), filter.openOnly ? isNull(alert.closedAt) : undefined))
    .orderBy(desc(alert.openedAt), desc(alert.alertId))
    .limit(filter.limit);
  return rows.map(alertViewOf);
}

async function movesOf(db: Db, name: string, before: Date | null, limit: number): Promise<MoveView[]> {
  const rows = await db
    .select({ move: aliasMove, evidence })
    .from(aliasMove)
    .leftJoin(evidence, eq(evidence.evidenceId, aliasMove.evidenceId))
    .where(and(eq(aliasMove.model, name), before === null ? undefined : lt(aliasMove.movedAt, before)))
    .orderBy(desc(aliasMove.moveId))
    .limit(limit);
  return rows.map(({ move, evidence: proof }) => ({
    moveId: move.moveId,
    alias: move.alias,
    fromVersion: move.fromVersion,
    toVersion: move.toVersion,
    actor: move.actor,
    why: move.why,
    evidence: proof === null ? null : { evidenceId: proof.evidenceId, kind: proof.kind, verdict: proof.verdict, body: proof.body },
    routingRevision: move.routingRevision,
    at: move.movedAt.toISOString(),
  }));
}

/** Metrics are those of the candidate on the test rows, as gated; the whole report stays in the database. */
async function versionsOf(db: Db, where: SQL | undefined, limit: number): Promise<VersionView[]> {
  const rows = await db
    .select({
      version: version.version,
      status: version.status,
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
  const rows = await db.select({ version: version.version }).from(version).where(eq(version.model, name)).orderBy(desc(version.version)).limit(listedMax);
  const known = rows.length === 0 ? 'it has none yet' : `it has ${listNames(rows.map((row) => `v${row.version}`))}`;
  return new PerennialError('version_not_found', `Model "${name}" has no version ${number}; ${known}.`);
}
