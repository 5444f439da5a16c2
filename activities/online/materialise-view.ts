import {
  applyRows,
  beginBuild,
  endBuild,
  giveUpBuild,
  moveBuild,
  readOnlineHead,
  type OnlineKey,
} from '../../src/db/feature-views/online-build.ts';
import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { snapshotsToApply, type SnapshotToApply } from '../../src/db/feature-views/snapshots-to-apply.ts';
import { heldBy } from '../../src/db/feature-views/view-line.ts';
import { withDuck, type Duck, type Engine } from '../../src/data/duck/connect.ts';
import type { OnlineBuild } from '../../src/domain/view/online-build.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import { noState, withRows, type EntityState } from '../../src/views/online/entity-state.ts';
import { planView, type OnlinePlan } from '../../src/views/online/plan-view.ts';
import type { WindowRow } from '../../src/views/windows/window-row.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { filesOfPart } from '../../src/db/feature-views/view-files.ts';
import { rowsOf, type RowOfEntity } from './view-rows-of.ts';

export type MaterialiseDependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'log'>;

/** The engine reads one file after the other, in order. */
const memoryMb = 512;

/**
 * Brings what was ingested of one revision since the last time into its online store: snapshot by snapshot, by arrival,
 * each row once. What does not continue the store, or is the first that comes into it, is brought in as one: it is what
 * the store says when all of its snapshots are in. A step that is killed goes on at the place that it had stored. True
 * when there is more to do: the time was over, or somebody else was at it.
 */
export async function materialiseView(
  deps: MaterialiseDependencies,
  key: OnlineKey,
  { nowMs, endsAtMs, engine }: { readonly nowMs: () => number; readonly endsAtMs: number; readonly engine?: Engine },
): Promise<boolean> {
  const { database } = deps;
  const head = await readOnlineHead(database, key);
  if (head === null) return false;
  const { snapshots, isAnew } = await snapshotsToApply(database.db, key, head.snapshot);
  // Only what is built anew may have come further than into the first of them.
  const within = isAnew ? snapshots : snapshots.slice(0, 1);
  const from = head.building === null ? 0 : within.findIndex(({ digest }) => digest === head.building?.snapshot);
  if (head.building !== null && from === -1) {
    // What was begun may have been joined with others since: places are what they were, so it goes on there.
    const holder = await heldBy(database.db, head.building.snapshot);
    if (holder === null || !within.some(({ digest }) => digest === holder)) await giveUpBuild(database, key);
    else await moveBuild(database, key, head.building, { snapshot: holder, throughSeq: head.building.throughSeq });
    return true;
  }
  const [first, ...later] = snapshots.slice(from);
  if (first === undefined) return false;
  const plan = planView((await readViewByDigest(database.db, key.view, key.digest)).spec);
  return withDuck({ threads: 1, memoryMb, tempDir: deps.workDir, engine }, async (duck) => {
    // oxlint-disable no-await-in-loop -- one snapshot after the other is the order of arrival
    const { generation } = head;
    let build = await beginBuild(database, key, { snapshot: first.digest, after: head.snapshot, generation, isAnew });
    for (const [at, snapshot] of [first, ...later].entries()) {
      build = build === null ? null : await applySnapshot(deps, duck, { key, plan, build, snapshot, nowMs });
      if (build === null) return true;
      const next = later[at];
      if ((next === undefined || !isAnew) && !(await endBuild(database, key, build))) return true;
      if (next === undefined) return false;
      const isOver = Date.now() > endsAtMs;
      if (isAnew)
        build = await moveBuild(database, key, build, { snapshot: next.digest, throughSeq: placeBefore(next) });
      else if (!isOver)
        build = await beginBuild(database, key, { snapshot: next.digest, after: snapshot.digest, generation, isAnew });
      if (isOver) return true;
    }
    return false;
    // oxlint-enable no-await-in-loop
  });
}

/** The place behind which the rows of a snapshot come, also in what it may be joined into with those before it. */
function placeBefore({ files }: SnapshotToApply): number {
  return files.reduce((least, { orderMin }) => Math.min(least, orderMin - 1), Number.MAX_SAFE_INTEGER);
}

interface Applying {
  readonly key: OnlineKey;
  readonly plan: OnlinePlan;
  readonly build: OnlineBuild;
  readonly snapshot: SnapshotToApply;
  readonly nowMs: () => number;
}

/** Where the build stands then; null when somebody else has gone on with it meanwhile. */
async function applySnapshot(
  { database, store, log }: MaterialiseDependencies,
  duck: Duck,
  { key, plan, build, snapshot, nowMs }: Applying,
): Promise<OnlineBuild | null> {
  const files = await filesOfPart(store, snapshot);
  let at = build;
  let leftOut = 0;
  for await (const chunk of rowsOf(duck, plan, files, Math.max(build.throughSeq, snapshot.afterSeq))) {
    const throughSeq = chunk.at(-1)?.row.seq ?? at.throughSeq;
    const byEntity = groupByEntity(chunk);
    const fold = (states: ReadonlyMap<string, EntityState>): ReadonlyMap<string, EntityState> => {
      const folded = foldRows(plan, states, byEntity, nowMs());
      leftOut += folded.leftOut;
      return folded.states;
    };
    leftOut += chunk.filter(({ entity }) => entity === null).length;
    const entities = [...byEntity.keys()];
    const read = { entities, files: snapshot.files, count: chunk.length, throughSeq, fold };
    if (!(await applyRows(database, key, at, read))) return null;
    at = { ...at, throughSeq };
  }
  if (leftOut > 0) log.warn({ ...key, rows: leftOut }, 'rows of a view cannot be held online');
  return at;
}

function groupByEntity(rows: readonly RowOfEntity[]): ReadonlyMap<string, readonly WindowRow[]> {
  const groups = new Map<string, WindowRow[]>();
  for (const { entity, row } of rows) {
    if (entity === null) continue;
    const group = groups.get(entity);
    if (group === undefined) groups.set(entity, [row]);
    else group.push(row);
  }
  return groups;
}

/** An entity of which too much would have to be kept stays as it was: it keeps no other from being brought in. */
function foldRows(
  plan: OnlinePlan,
  states: ReadonlyMap<string, EntityState>,
  rows: ReadonlyMap<string, readonly WindowRow[]>,
  nowMs: number,
): { readonly states: ReadonlyMap<string, EntityState>; readonly leftOut: number } {
  const folded = new Map<string, EntityState>();
  let leftOut = 0;
  for (const [entity, own] of rows) {
    try {
      const moved = withRows(plan, states.get(entity) ?? noState(plan), own, nowMs);
      folded.set(entity, moved.state);
      leftOut += moved.leftOut;
    } catch (error) {
      if (!isPerennialError(error)) throw error;
      leftOut += own.length;
    }
  }
  return { states: folded, leftOut };
}
