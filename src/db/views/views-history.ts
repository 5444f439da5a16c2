import { and, desc, eq, isNull, like, lt, lte, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { decodeCursor, encodeCursor, keyInt, keyText, pageOf, type Page } from '../../contracts/http/page.ts';
import type {
  AlertView,
  ChampionAtView,
  HistoryView,
  MoveView,
  RunDetailView,
  VersionDetailView,
  VersionView,
} from '../../contracts/http/views.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import { annotationsOfAll, annotationViewOf } from '../people/annotations.ts';
import type { Db } from '../base/connect.ts';
import { alert, aliasMove, decision, evidence, run, version } from '../schema/index.ts';
import { readModel } from '../models/specs.ts';
import { alertViewOf, decisionViewOf, likePatternOf, runViewOf } from './views-rows.ts';

/** Where each list of a history goes on: the key of its last row, `end`, or null for its beginning. */
const historyKeys = z.object({
  moves: z.union([z.int().min(0), z.literal('end')]).nullable(),
  versions: z.union([keyInt, z.literal('end')]).nullable(),
  decisions: z.union([z.tuple([z.iso.datetime(), keyInt, keyText]), z.literal('end')]).nullable(),
  runs: z.union([z.tuple([z.iso.datetime(), keyText]), z.literal('end')]).nullable(),
  alerts: z.union([z.tuple([z.iso.datetime(), z.int().min(0)]), z.literal('end')]).nullable(),
});
type HistoryKeys = z.infer<typeof historyKeys>;

export interface HistoryPage {
  /** Rows of each kind, 1..200. */
  readonly limit: number;
  /** Only what happened before this instant; null for the latest. */
  readonly before: Date | null;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

const limitMax = 200;
const listedMax = 20;
const beginning: HistoryKeys = { moves: null, versions: null, decisions: null, runs: null, alerts: null };

/** What happened to a model, latest first: moves with their evidence, versions, decisions, runs, alerts. */
export async function historyOf(db: Db, name: string, page: HistoryPage): Promise<HistoryView> {
  await readModel(db, name);
  const limit = Math.min(limitMax, Math.max(1, page.limit));
  const { before } = page;
  const from = decodeCursor(historyKeys, page.cursor) ?? beginning;
  const until = (column: AnyPgColumn): SQL | undefined => (before === null ? undefined : lt(column, before));
  const decisions = pageOf(
    await decisionsOf(db, name, from.decisions, until(decision.createdAt), limit + 1),
    limit,
    (row) => [row.createdAt.toISOString(), row.windowNumber ?? 0, row.key],
  );
  const runs = pageOf(await runsOf(db, name, from.runs, until(run.startedAt), limit + 1), limit, (row) => [
    row.startedAt.toISOString(),
    row.runId,
  ]);
  const alerts = await listAlerts(db, { model: name, openOnly: false, limit, key: from.alerts, before });
  const moves = pageOf(await movesOf(db, name, from.moves, before, limit + 1), limit, (row) => row.moveId);
  const versions = pageOf(
    from.versions === 'end'
      ? []
      : await versionsOf(
          db,
          and(
            eq(version.model, name),
            from.versions === null ? undefined : lt(version.version, from.versions),
            until(version.createdAt),
          ),
          limit + 1,
        ),
    limit,
    (row) => row.version,
  );
  const keys = {
    moves: keyAfter(moves),
    versions: keyAfter(versions),
    decisions: keyAfter(decisions),
    runs: keyAfter(runs),
    alerts: keyAfter(alerts),
  };
  return {
    model: name,
    moves: [...moves.items],
    versions: [...versions.items],
    decisions: decisions.items.map(decisionViewOf),
    runs: runs.items.map(runViewOf),
    alerts: [...alerts.items],
    annotations:
      page.cursor === undefined
        ? (await annotationsOfAll(db, name, limit))
            .filter((row) => before === null || row.createdAt < before)
            .map(annotationViewOf)
        : [],
    next: Object.values(keys).every((key) => key === 'end') ? null : encodeCursor(keys),
  };
}

function keyAfter(page: Page<unknown>): unknown {
  return page.next === null ? 'end' : JSON.parse(Buffer.from(page.next, 'base64url').toString('utf8'));
}

/** Decisions of one instant, by window; those before the first window come first. */
const windowOrder = sql`coalesce(${decision.windowNumber}, 0)`;

async function decisionsOf(
  db: Db,
  name: string,
  key: HistoryKeys['decisions'],
  until: SQL | undefined,
  limit: number,
): Promise<readonly (typeof decision.$inferSelect)[]> {
  if (key === 'end') return [];
  const after =
    key === null
      ? undefined
      : sql`(${decision.createdAt}, ${windowOrder}, ${decision.key}) < (${key[0]}::timestamptz,
        ${key[1]}::int, ${key[2]})`;
  return db
    .select()
    .from(decision)
    .where(and(eq(decision.model, name), after, until))
    .orderBy(desc(decision.createdAt), desc(windowOrder), desc(decision.key))
    .limit(limit);
}

async function runsOf(
  db: Db,
  name: string,
  key: HistoryKeys['runs'],
  until: SQL | undefined,
  limit: number,
): Promise<readonly (typeof run.$inferSelect)[]> {
  if (key === 'end') return [];
  const after = key === null ? undefined : sql`(${run.startedAt}, ${run.runId}) < (${key[0]}::timestamptz, ${key[1]})`;
  return db
    .select()
    .from(run)
    .where(and(eq(run.model, name), after, until))
    .orderBy(desc(run.startedAt), desc(run.runId))
    .limit(limit);
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
      : {
          version: move.toVersion,
          since: move.movedAt.toISOString(),
          actor: move.actor,
          why: move.why,
          evidenceId: move.evidenceId,
        };
  return { model: name, at: at.toISOString(), champion };
}

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
  const rows = await versionsOf(
    db,
    and(eq(version.model, name), key === null ? undefined : lt(version.version, key)),
    page.limit + 1,
  );
  return pageOf(rows, page.limit, (row) => row.version);
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

/** One run by its id (the id of its workflow). Throws `not_found`. */
/** In the same words for a run that is outside of the caller's scope. */
export function runNotFound(runId: string): PerennialError {
  return new PerennialError('not_found', `There is no run "${runId}".`, {
    hint: 'Use one of the runs listed by `perennial history <model>`.',
  });
}

export async function runOf(db: Db, runId: string): Promise<RunDetailView> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  if (row === undefined) throw runNotFound(runId);
  return { ...runViewOf(row), input: row.input, output: row.output, link: null };
}

export interface AlertsPage {
  readonly model: string | null;
  /** Glob over model names; absent for all. */
  readonly scope?: string;
  readonly openOnly: boolean;
  readonly limit: number;
  readonly before?: Date | null;
  readonly key?: HistoryKeys['alerts'];
  readonly cursor?: string | undefined;
}

/** Alerts, latest first. `model` null means all; at most `limit` (1..200). */
export async function listAlerts(db: Db, page: AlertsPage): Promise<Page<AlertView>> {
  const key = page.key ?? decodeCursor(historyKeys.shape.alerts, page.cursor);
  if (key === 'end') return { items: [], next: null };
  const rows = await db
    .select()
    .from(alert)
    .where(
      and(
        page.model === null ? undefined : eq(alert.model, page.model),
        page.scope === undefined ? undefined : like(alert.model, likePatternOf(page.scope)),
        page.openOnly ? isNull(alert.closedAt) : undefined,
        page.before === undefined || page.before === null ? undefined : lt(alert.openedAt, page.before),
        key === null
          ? undefined
          : sql`(${alert.openedAt}, ${alert.alertId}) < (${key[0]}::timestamptz, ${key[1]}::bigint)`,
      ),
    )
    .orderBy(desc(alert.openedAt), desc(alert.alertId))
    .limit(page.limit + 1);
  const found = pageOf(rows, page.limit, (row) => [row.openedAt.toISOString(), row.alertId]);
  return { items: found.items.map(alertViewOf), next: found.next };
}

async function movesOf(
  db: Db,
  name: string,
  key: HistoryKeys['moves'],
  before: Date | null,
  limit: number,
): Promise<MoveView[]> {
  if (key === 'end') return [];
  const rows = await db
    .select({ move: aliasMove, evidence })
    .from(aliasMove)
    .leftJoin(evidence, eq(evidence.evidenceId, aliasMove.evidenceId))
    .where(
      and(
        eq(aliasMove.model, name),
        before === null ? undefined : lt(aliasMove.movedAt, before),
        key === null ? undefined : lt(aliasMove.moveId, key),
      ),
    )
    .orderBy(desc(aliasMove.moveId))
    .limit(limit);
  return rows.map(({ move, evidence: proof }) => ({
    moveId: move.moveId,
    alias: move.alias,
    fromVersion: move.fromVersion,
    toVersion: move.toVersion,
    actor: move.actor,
    why: move.why,
    evidence:
      proof === null
        ? null
        : { evidenceId: proof.evidenceId, kind: proof.kind, verdict: proof.verdict, body: proof.body },
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
