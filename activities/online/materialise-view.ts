import {
  applyRows,
  beginBuild,
  endBuild,
  giveUpBuild,
  readOnlineHead,
  renameBuild,
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
 * each row once. A step that is killed goes on at the place that it had stored. True when there is more to do: the
 * time was over, or somebody else was at it.
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
  if (head.building !== null && head.building.snapshot !== snapshots[0]?.digest) {
    // What was begun may have been joined with others since: places are what they were, so it goes on there.
    const holder = await heldBy(database.db, head.building.snapshot);
    if (holder === null || holder !== snapshots[0]?.digest) await giveUpBuild(database, key);
    else await renameBuild(database, key, head.building, holder);
    return true;
  }
  if (snapshots.length === 0) return false;
  const plan = planView((await readViewByDigest(database.db, key.view, key.digest)).spec);
  return withDuck({ threads: 1, memoryMb, tempDir: deps.workDir, engine }, async (duck) => {
    let after = head.snapshot;
    for (const [at, snapshot] of snapshots.entries()) {
      const asked = { snapshot: snapshot.digest, after, isAnew: at === 0 && isAnew };
      // oxlint-disable-next-line no-await-in-loop -- one snapshot after the other is the order of arrival
      const build = await beginBuild(database, key, asked);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (build === null || !(await applySnapshot(deps, duck, { key, plan, build, snapshot, nowMs }))) return true;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (!(await endBuild(database, key, build))) return true;
      after = snapshot.digest;
      if (Date.now() > endsAtMs && at < snapshots.length - 1) return true;
    }
    return false;
  });
}

interface Applying {
  readonly key: OnlineKey;
  readonly plan: OnlinePlan;
  readonly build: OnlineBuild;
  readonly snapshot: SnapshotToApply;
  readonly nowMs: () => number;
}

/** False when somebody else has gone on with it meanwhile. */
async function applySnapshot(
  { database, store, log }: MaterialiseDependencies,
  duck: Duck,
  { key, plan, build, snapshot, nowMs }: Applying,
): Promise<boolean> {
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
    if (!(await applyRows(database, key, at, { entities, count: chunk.length, throughSeq, fold }))) return false;
    at = { ...at, throughSeq };
  }
  if (leftOut > 0) log.warn({ ...key, rows: leftOut }, 'rows of a view cannot be held online');
  return true;
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
