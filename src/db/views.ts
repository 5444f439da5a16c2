import { and, asc, desc, eq, gt, isNull, like, sql } from 'drizzle-orm';
import { decodeCursor, keyText } from '../contracts/page.ts';
import type { ChampionView, SettledView, StatusView } from '../contracts/views.ts';
import { fullWeight } from '../domain/routing.ts';
import type { Db } from './connect.ts';
import { annotationsOf, wordsOf } from './annotations.ts';
import { freezeOf } from './freezes.ts';
import { readRouting } from './routing.ts';
import { aliasMove, alert, decision, label, model, modelStream, run, window } from './schema.ts';
import { readCurrentSpec, readModel } from './specs.ts';
import { openRolloutOf } from './views-rollouts.ts';
import { alertViewOf, likePatternOf, runViewOf } from './views-rows.ts';
import { settlingOf } from './views-settled.ts';

/** Counting stops here: beyond it a status says "ten million" rather than reading an index for seconds. */
const labelsCountedMax = 10_000_000;
const listedMax = 20;

interface Progress {
  readonly lastSeq: number;
  readonly openWindow: number;
  readonly openRows: number;
  readonly lastClosedWindow: number;
  readonly lastJudgedWindow: number;
  readonly lastDecidedWindow: number;
  readonly runningTrainings: number;
  readonly labels: number;
}

/** One model as it stands now. Throws `model_not_found` listing what exists. */
export async function statusOf(db: Db, name: string): Promise<StatusView> {
  const row = await readModel(db, name);
  const { spec } = await readCurrentSpec(db, name);
  const routing = await readRouting(db, name);
  const progress = await progressOf(db, name);
  const challenger = routing?.challenger ?? null;
  const words = wordsOf(await annotationsOf(db, name, null));
  const frozen = await freezeOf(db, name);
  return {
    model: name,
    owner: words.owner ?? spec.about.owner,
    useCase: spec.about.useCase,
    description: words.description,
    tags: [...words.tags],
    specRevision: row.specRevision,
    paused: row.pausedBy === null ? null : { by: row.pausedBy, reason: row.pausedReason ?? '' },
    frozen: frozen === null ? null : { model: frozen.model, kind: frozen.kind, by: frozen.actor, reason: frozen.reason, since: frozen.since.toISOString() },
    stage: routing?.stage ?? 'empty',
    routingRevision: routing?.revision ?? 0,
    champion: routing === null || routing.champion === null ? null : await championMove(db, name, routing.champion.version),
    challenger: challenger === null ? null : { version: challenger.version, percent: (100 * (routing?.challengerWeight ?? 0)) / fullWeight },
    rollout: await openRolloutOf(db, name),
    predictions: progress.lastSeq,
    labels: progress.labels,
    openWindow: { number: progress.openWindow, rows: progress.openRows },
    lastClosedWindow: progress.lastClosedWindow,
    lastJudgedWindow: progress.lastJudgedWindow,
    lastDecidedWindow: progress.lastDecidedWindow,
    lastDecision: await lastDecisionOf(db, name),
    running: await runningOf(db, name),
    openAlerts: await openAlertsOf(db, name),
    versions: row.versionCounter,
    nextVersion: row.versionCounter + 1,
    link: null,
  };
}

/** Names of models that a scope covers, alphabetically, after the cursor: one more than `limit`, if there is one. */
export async function coveredNames(db: Db, page: { readonly limit: number; readonly cursor?: string | undefined; readonly scope: string }): Promise<readonly string[]> {
  const after = decodeCursor(keyText, page.cursor);
  const rows = await db
    .select({ name: model.name })
    .from(model)
    .where(and(sql`${model.specRevision} > 0`, like(model.name, likePatternOf(page.scope)), after === null ? undefined : gt(model.name, after)))
    .orderBy(asc(model.name))
    .limit(page.limit + 1);
  return rows.map((row) => row.name);
}

/** What a client that replays traffic polls. The traffic is read first: what follows from it is never read before it. */
export async function settledOf(db: Db, name: string): Promise<SettledView> {
  await readModel(db, name);
  const progress = await progressOf(db, name);
  const { waitsFor, open, routing } = await settlingOf(db, name);
  return {
    model: name,
    lastSeq: progress.lastSeq,
    lastClosedWindow: progress.lastClosedWindow,
    lastJudgedWindow: progress.lastJudgedWindow,
    lastDecidedWindow: progress.lastDecidedWindow,
    runningTrainings: progress.runningTrainings,
    championVersion: routing?.champion?.version ?? null,
    routingRevision: routing?.revision ?? 0,
    rollout:
      open === null
        ? null
        : { version: open.version, attempt: open.attempt, status: open.status, step: open.step, stepBegun: open.stepBegun, settledSeq: open.settledSeq },
    labels: progress.labels,
    isSettled: waitsFor === null,
    waitsFor,
  };
}

/**
 * "Judged" is contiguous: the last window before the first unjudged one, so that a window judged out of turn does not
 * make a client believe that those before it are done.
 */
async function progressOf(db: Db, name: string): Promise<Progress> {
  const lastClosed = sql`coalesce((select max(${window.number}) from ${window} where ${window.model} = ${name}), 0)`;
  const result = await db.execute<{ [Key in keyof Progress]: number }>(sql`
    select
      coalesce((select ${modelStream.lastSeq} from ${modelStream} where ${modelStream.model} = ${name}), 0)::float8 as "lastSeq",
      coalesce((select ${modelStream.openWindow} from ${modelStream} where ${modelStream.model} = ${name}), 1) as "openWindow",
      coalesce((select ${modelStream.openRows} from ${modelStream} where ${modelStream.model} = ${name}), 0) as "openRows",
      ${lastClosed} as "lastClosedWindow",
      coalesce((select min(${window.number}) - 1 from ${window} where ${window.model} = ${name} and ${window.judgedAt} is null), ${lastClosed}) as "lastJudgedWindow",
      coalesce((select max(${decision.windowNumber}) from ${decision} where ${decision.model} = ${name} and ${decision.key} like 'window/%'), 0) as "lastDecidedWindow",
      (select count(*) from ${run} where ${run.model} = ${name} and ${run.kind} = 'train' and ${run.status} = 'running')::float8 as "runningTrainings",
      (select count(*) from (select 1 from ${label} where ${label.model} = ${name} limit ${labelsCountedMax}) counted)::float8 as "labels"`);
  const [row] = result.rows;
  if (row === undefined) throw new Error('a query without a from clause gave no row');
  return row;
}

async function championMove(db: Db, name: string, version: number): Promise<ChampionView> {
  const [move] = await db
    .select()
    .from(aliasMove)
    .where(and(eq(aliasMove.model, name), eq(aliasMove.alias, 'champion'), eq(aliasMove.toVersion, version)))
    .orderBy(desc(aliasMove.moveId))
    .limit(1);
  if (move === undefined) return { version, since: new Date(0).toISOString(), actor: 'unknown', why: 'no recorded move', evidenceId: null };
  return { version, since: move.movedAt.toISOString(), actor: move.actor, why: move.why, evidenceId: move.evidenceId };
}

async function lastDecisionOf(db: Db, name: string): Promise<StatusView['lastDecision']> {
  const [row] = await db.select().from(decision).where(eq(decision.model, name)).orderBy(desc(decision.createdAt), desc(decision.windowNumber)).limit(1);
  return row === undefined ? null : { key: row.key, retrain: row.retrain, reason: row.reason, at: row.createdAt.toISOString() };
}

async function runningOf(db: Db, name: string): Promise<StatusView['running']> {
  const rows = await db
    .select()
    .from(run)
    .where(and(eq(run.model, name), eq(run.status, 'running')))
    .orderBy(desc(run.startedAt))
    .limit(listedMax);
  return rows.map(runViewOf);
}

async function openAlertsOf(db: Db, name: string): Promise<StatusView['openAlerts']> {
  const rows = await db
    .select()
    .from(alert)
    .where(and(eq(alert.model, name), isNull(alert.closedAt)))
    .orderBy(desc(alert.openedAt))
    .limit(listedMax);
  return rows.map(alertViewOf);
}

/** Resolves when Postgres answers within the pool's own time-outs; rejects otherwise. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
