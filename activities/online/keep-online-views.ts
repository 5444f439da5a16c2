import {
  dueOnlineViews,
  hasViews,
  isCountDue,
  mendedViews,
  modelsServedBy,
  noteOnlineLook,
  noteUnread,
  removeEndedEntities,
  removeLeftGenerations,
  removeUnwanted,
  wantOnlineViews,
  type DueView,
} from '../../src/db/feature-views/online-due.ts';
import type { OnlineKey } from '../../src/db/feature-views/online-build.ts';
import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import { latestOf, windowedOf, type ViewSpec } from '../../src/domain/view/view-spec.ts';
import { charsMax } from '../../src/domain/words/limits.ts';
import { cut } from '../../src/domain/words/cut.ts';
import { messageOf } from '../../src/domain/words/reason-of.ts';
import type { SourceLag } from '../../src/sources/port.ts';
import { checkSkew } from './check-skew.ts';
import { tellViewFreshness } from './tell-view-freshness.ts';
import { materialiseView, type MaterialiseDependencies } from './materialise-view.ts';

/** Views of one step; more wait for the next. */
const batchMax = 20;
/** No other view is begun after this; the next step goes on. */
const batchMsMax = 60_000;
const lookMs = { first: 30_000, max: 3_600_000 } as const;
/** At most a twentieth of the time is spent on one view, and as much on comparing. */
const pausePerWork = 20;
/** Models that are told of one view. */
const modelsMax = 50;
/** Bounded removals of one step. */
const removalsMax = 20;

/** For some minutes nobody could read it: by itself it may not come back. */
const failuresToRing = 3;

/** Reads the source of a view on; what it holds by then is materialised. */
type Ingest = (key: OnlineKey) => Promise<unknown>;
/** What is unread of the source; null where that is not counted. */
type CountUnread = (key: OnlineKey) => Promise<SourceLag | null>;

/**
 * One step of keeping the online stores: views that models take features from are read on and brought in, entities
 * whose end has come are removed, and sampled looks are compared. Never rejects for one view: it is tried ever more
 * seldom, up to an hour, and its store says why.
 */
export function keepOnlineViews(
  deps: MaterialiseDependencies,
  ingest: Ingest,
  countUnread: CountUnread,
  nowMs: () => number = Date.now,
) {
  const { database, log } = deps;
  let nextCheckAtMs = 0;

  async function lookAt(view: DueView, endsAtMs: number): Promise<boolean> {
    const startMs = performance.now();
    try {
      await ingest(view);
      const more = await materialiseView(deps, view, { nowMs, endsAtMs });
      const { spec } = await readViewByDigest(database.db, view.view, view.digest);
      await removeEnded(view, reachOf(spec));
      const againMs = more ? 0 : Math.max(lookMs.first, pausePerWork * (performance.now() - startMs));
      await noteOnlineLook(database, view, { againMs, problem: null });
      return more;
    } catch (error) {
      const problem = cut(messageOf(error), charsMax.failure);
      log.warn({ view: view.view, digest: view.digest, failures: view.failures + 1, problem }, 'a view is not filled');
      const againMs = Math.min(lookMs.max, lookMs.first * 2 ** Math.min(view.failures, 10));
      await noteOnlineLook(database, view, { againMs, problem });
      if (view.failures + 1 >= failuresToRing) await ring(view, problem);
      return false;
    } finally {
      await count(view);
    }
  }

  /** Each model that uses this revision is told, once while it lasts. */
  async function ring({ view, digest, failures }: DueView, problem: string): Promise<void> {
    for (const model of await modelsServedBy(database, { view, digest }, modelsMax)) {
      // oxlint-disable-next-line no-await-in-loop -- a few models, and seldom
      const { spec } = await readCurrentSpec(database.db, model);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await openAlert(database.db, {
        model,
        kind: 'source-unreadable',
        subject: { of: 'view', view },
        severity: 'warning',
        title: `${model}: view ${view} cannot be filled`,
        body:
          `${failures + 1} times in a row: ${problem.replace(/[.\s]*$/, '.')} Answers go on with what the view held, ` +
          'which grows older, and no training reads the view until this is mended.',
        webhooks: spec.watch.webhooks,
      });
    }
  }

  async function closeMended(): Promise<void> {
    for (const { model, view, kind } of await mendedViews(database, failuresToRing))
      // oxlint-disable-next-line no-await-in-loop -- one transaction each, and seldom
      await closeAlerts(database.db, model, [kind], { about: { of: 'view', view } });
  }

  /** What cannot be counted, or told, keeps no view from being filled. */
  async function count(view: OnlineKey): Promise<void> {
    if (!(await isCountDue(database, view))) return;
    const lag = await countUnread(view).catch(() => null);
    await noteUnread(database, view, lag);
    await tellViewFreshness(database.db, view, { stale: lag?.stale, modelsMax }).catch((error: unknown) =>
      log.error({ view: view.view, err: error }, 'an alert about a view could not be stored'),
    );
  }

  /** A view that keeps its entities for ever is not asked for those whose end has come. */
  async function removeEnded(view: OnlineKey, reachMs: number | null): Promise<void> {
    await repeated(() => removeLeftGenerations(database, view));
    if (reachMs !== null) await repeated(() => removeEndedEntities(database, view, reachMs));
  }

  async function compare(): Promise<void> {
    if (Date.now() < nextCheckAtMs) return;
    const startMs = performance.now();
    try {
      await checkSkew(deps);
    } catch (error) {
      log.error({ err: error }, 'values of views could not be compared');
    }
    nextCheckAtMs = Date.now() + pausePerWork * (performance.now() - startMs);
  }

  return async (): Promise<{ readonly filled: number; readonly more: boolean }> => {
    // Who declares no view pays one look into an empty table.
    if (!(await hasViews(database))) return { filled: 0, more: false };
    const endsAtMs = Date.now() + batchMsMax;
    await wantOnlineViews(database);
    const due = await dueOnlineViews(database, batchMax);
    let filled = 0;
    let isLeft = false;
    for (const view of due) {
      if (Date.now() > endsAtMs) break;
      // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds memory
      isLeft = (await lookAt(view, endsAtMs)) || isLeft;
      filled++;
    }
    await closeMended();
    await removeUnwanted(database);
    await compare();
    return { filled, more: isLeft || due.length === batchMax || filled < due.length };
  };
}

async function repeated(removal: () => Promise<boolean>): Promise<void> {
  for (let step = 0; step < removalsMax; step++)
    // oxlint-disable-next-line no-await-in-loop -- one bounded removal after the other
    if (!(await removal())) return;
}

/** For how long the last event of an entity can change an answer; null: for ever. */
function reachOf(view: ViewSpec): number | null {
  const longestMs = Math.max(0, ...windowedOf(view).map(({ windowMs }) => windowMs));
  if (latestOf(view).length === 0) return 2 * longestMs + dayMs;
  return view.ttlMs === null || view.ttlMs === 0 ? null : Math.max(view.ttlMs, 2 * longestMs) + dayMs;
}

/** Requests may look back a little. */
const dayMs = 86_400_000;
