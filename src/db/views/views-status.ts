import { and, desc, eq, getTableColumns, isNull, lte, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { ChampionView, StatusView } from '../../contracts/http/views.ts';
import { fullWeight, type RoutingEntry } from '../../domain/rollout/routing.ts';
import { annotationsMax, wordsOf, type AnnotationRow } from '../people/annotations.ts';
import type { Db } from '../base/connect.ts';
import { aliasMove, alert, annotation, freeze, model, routing, run, specRevision } from '../schema/index.ts';
import { specMember } from '../models/spec-member.ts';
import { holdsOf, type LegalHold } from '../retention/holds.ts';
import { storageOf, type ModelStorage } from '../installation/storage.ts';
import { defaultRetention } from '../../domain/spec/default-retention.ts';
import { readModel } from '../models/specs.ts';
import { viewStandings } from '../feature-views/view-standings.ts';
import { lastWindowsOf, noLastWindow } from './last-windows.ts';
import { progressOfAll, type Progress } from './views-progress.ts';
import { openRolloutsOf, rolloutViewOf, type OpenRollout } from './views-rollouts.ts';
import { alertViewOf, runViewOf } from './views-rows.ts';

const listedMax = 20;

/** One model as it stands now. Throws `model_not_found` listing what exists. */
export async function statusOf(db: Db, name: string): Promise<StatusView> {
  const [view] = await statusesOf(db, [name]);
  if (view !== undefined) return view;
  await readModel(db, name);
  throw new Error(`the spec of ${name} vanished`);
}

/**
 * The named models (at most a page of them) as they stand now, by name: thirteen queries, whatever their number, and
 * those for who has approved each rollout whose plan asks for more than one person.
 */
export async function statusesOf(db: Db, names: readonly string[]): Promise<readonly StatusView[]> {
  const models = await modelsOf(db, names);
  if (models.length === 0) return [];
  // The traffic is read before what follows from it.
  const progress = await progressOfAll(db, names);
  const decisions = await lastDecisionsOf(db, names);
  const routes = await routesOf(db, names);
  const rollouts = await openRolloutsOf(db, names);
  const freezes = new Map(
    (
      await db
        .select()
        .from(freeze)
        .where(among(freeze.model, [...names, '*']))
    ).map((row) => [row.model, row]),
  );
  const words = await annotationsByModel(db, names);
  const running = await runningByModel(db, names);
  const alerts = await openAlertsByModel(db, names);
  const holds = await holdsOf(db, names);
  const stored = await storageOf(db, names);
  const lastWindows = await lastWindowsOf(db, names);
  const views = await viewStandings(db, names);
  return models.flatMap((row) => {
    const stands = progress.get(row.name);
    if (stands === undefined) return [];
    return {
      ...aboutOf(row, words.get(row.name) ?? []),
      ...stoppedOf(row, freezes.get(row.name) ?? freezes.get('*')),
      ...keptOf(row, holds.get(row.name)),
      storage: storageViewOf(stored.get(row.name)),
      ...routedOf(routes.get(row.name), rollouts.get(row.name), stands.lastSeq),
      ...trafficOf(stands),
      ...(lastWindows.get(row.name) ?? noLastWindow),
      views: [...(views.get(row.name) ?? [])],
      lastDecision: decisions.get(row.name) ?? null,
      running: (running.get(row.name) ?? []).map(runViewOf),
      openAlerts: (alerts.get(row.name) ?? []).map(alertViewOf),
      versions: row.versionCounter,
      nextVersion: row.versionCounter + 1,
      link: null,
    };
  });
}

type Found = Awaited<ReturnType<typeof modelsOf>>[number];

/** Of the spec only what a status shows: one may hold 2,000 features. */
async function modelsOf(db: Db, names: readonly string[]) {
  return db
    .select({ ...getTableColumns(model), about: specMember('about'), retention: specMember('retention') })
    .from(model)
    .innerJoin(specRevision, and(eq(specRevision.model, model.name), eq(specRevision.revision, model.specRevision)))
    .where(among(model.name, names))
    .orderBy(model.name);
}

function aboutOf(row: Found, written: readonly AnnotationRow[]) {
  const words = wordsOf(written);
  return {
    model: row.name,
    owner: words.owner ?? row.about.owner,
    useCase: row.about.useCase,
    description: words.description,
    tags: [...words.tags],
    specRevision: row.specRevision,
  };
}

function storageViewOf(row: ModelStorage | undefined): StatusView['storage'] {
  if (row === undefined) return null;
  const { bytesPerPrediction, predictionBytes, labelBytes, evidenceBytes, artifactBytes, measuredAt } = row;
  return {
    bytesPerPrediction,
    predictionBytes,
    labelBytes,
    evidenceBytes,
    artifactBytes,
    measuredAt: measuredAt.toISOString(),
  };
}

function keptOf({ retention }: Found, hold: LegalHold | undefined): Pick<StatusView, 'held' | 'keptMs'> {
  // SQL sees a spec in the form of its day: before version 3 none said how long things are kept.
  const { predictions, labels, evidence, artifacts } = retention ?? defaultRetention;
  return {
    held: hold === undefined ? null : { by: hold.actor, reason: hold.reason, since: hold.since.toISOString() },
    keptMs: {
      predictions: predictions?.ms ?? null,
      labels: labels?.ms ?? null,
      evidence: evidence?.ms ?? null,
      artifacts: artifacts?.ms ?? null,
    },
  };
}

/** Its own freeze goes before one of all models. */
function stoppedOf(row: Found, frozen: typeof freeze.$inferSelect | undefined): Pick<StatusView, 'paused' | 'frozen'> {
  return {
    paused: row.pausedBy === null ? null : { by: row.pausedBy, reason: row.pausedReason ?? '' },
    frozen:
      frozen === undefined
        ? null
        : {
            model: frozen.model,
            kind: frozen.kind,
            by: frozen.actor,
            reason: frozen.reason,
            since: frozen.since.toISOString(),
          },
  };
}

function trafficOf({
  lastSeq,
  labels,
  openWindow,
  openRows,
  lastClosedWindow,
  lastJudgedWindow,
  lastDecidedWindow,
}: Progress) {
  return {
    predictions: lastSeq,
    labels,
    openWindow: { number: openWindow, rows: openRows },
    lastClosedWindow,
    lastJudgedWindow,
    lastDecidedWindow,
  };
}

interface Route {
  readonly entry: RoutingEntry;
  /** The latest move that made this version champion. */
  readonly move: typeof aliasMove.$inferSelect | null;
}

async function routesOf(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, Route>> {
  const move = db
    .select()
    .from(aliasMove)
    .where(
      and(
        eq(aliasMove.model, routing.model),
        eq(aliasMove.alias, 'champion'),
        eq(aliasMove.toVersion, sql`(${routing.entry} #>> '{champion,version}')::int`),
      ),
    )
    .orderBy(desc(aliasMove.moveId))
    .limit(1)
    .as('move');
  const rows = await db
    .select()
    .from(routing)
    .leftJoinLateral(move, sql`true`)
    .where(among(routing.model, names));
  return new Map(rows.map((row) => [row.routing.model, { entry: row.routing.entry, move: row.move }]));
}

function routedOf(
  route: Route | undefined,
  open: OpenRollout | undefined,
  lastSeq: number,
): Pick<StatusView, 'stage' | 'routingRevision' | 'champion' | 'challenger' | 'rollout'> {
  const rollout = open === undefined ? null : rolloutViewOf(open, lastSeq);
  if (route === undefined) return { stage: 'empty', routingRevision: 0, champion: null, challenger: null, rollout };
  const { stage, revision, champion, challenger, challengerWeight } = route.entry;
  return {
    stage,
    routingRevision: revision,
    champion: champion === null ? null : championOf(champion.version, route.move),
    challenger:
      challenger === null ? null : { version: challenger.version, percent: (100 * challengerWeight) / fullWeight },
    rollout,
  };
}

function championOf(version: number, move: Route['move']): ChampionView {
  if (move === null)
    return { version, since: new Date(0).toISOString(), actor: 'unknown', why: 'no recorded move', evidenceId: null };
  return { version, since: move.movedAt.toISOString(), actor: move.actor, why: move.why, evidenceId: move.evidenceId };
}

async function lastDecisionsOf(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<StatusView['lastDecision']>>> {
  const result = await db.execute<{
    name: string;
    key: string;
    retrain: boolean;
    reason: string;
    created_at: string;
  }>(sql`
    select n.name, d.key, d.retrain, d.reason, d.created_at
    from unnest(${sql.param([...names])}::text[]) as n (name)
    cross join lateral (select * from decision where model = n.name order by created_at desc, window_number desc nulls
    last limit 1) d`);
  return new Map(
    result.rows.map(({ name, key, retrain, reason, created_at: at }) => [
      name,
      { key, retrain, reason, at: new Date(at).toISOString() },
    ]),
  );
}

/** Numbers the rows of each model, so that a list of many models is bounded model by model. */
const placeWithin = (column: AnyPgColumn, ...order: readonly SQL[]) =>
  sql<number>`row_number() over (partition by ${column} order by ${sql.join([...order], sql`, `)})`.as('place');

async function annotationsByModel(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly AnnotationRow[]>> {
  const placed = db
    .select({ ...getTableColumns(annotation), place: placeWithin(annotation.model, desc(annotation.annotationId)) })
    .from(annotation)
    .where(and(among(annotation.model, names), isNull(annotation.version), isNull(annotation.removedAt)))
    .as('placed');
  return byModel(
    await db.select().from(placed).where(lte(placed.place, annotationsMax)).orderBy(placed.model, placed.place),
  );
}

async function runningByModel(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly (typeof run.$inferSelect)[]>> {
  const placed = db
    .select({ ...getTableColumns(run), place: placeWithin(run.model, desc(run.startedAt), desc(run.runId)) })
    .from(run)
    .where(and(among(run.model, names), eq(run.status, 'running')))
    .as('placed');
  return byModel(
    await db.select().from(placed).where(lte(placed.place, listedMax)).orderBy(placed.model, placed.place),
  );
}

async function openAlertsByModel(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly (typeof alert.$inferSelect)[]>> {
  const placed = db
    .select({ ...getTableColumns(alert), place: placeWithin(alert.model, desc(alert.openedAt), desc(alert.alertId)) })
    .from(alert)
    .where(and(among(alert.model, names), isNull(alert.closedAt)))
    .as('placed');
  return byModel(
    await db.select().from(placed).where(lte(placed.place, listedMax)).orderBy(placed.model, placed.place),
  );
}

function among(column: AnyPgColumn, names: readonly string[]): SQL {
  return sql`${column} = any (${sql.param([...names])}::text[])`;
}

function byModel<Row extends { readonly model: string }>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.model);
    if (group === undefined) groups.set(row.model, [row]);
    else group.push(row);
  }
  return groups;
}
