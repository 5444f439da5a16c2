import { combineSnapshots, type CombinedSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { countThrough } from '../../src/data/traffic/count-through.ts';
import { orderThrough } from '../../src/data/snapshot/order-through.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import { snapshotKinds, type SnapshotKind } from '../../src/domain/record/closed-sets.ts';
import type { SnapshotRef, TrainInput } from '../../src/domain/record/runs.ts';
import { reachOf } from '../../src/domain/training/snapshot.ts';
import type { ChampionOfJob } from '../../src/domain/training/training.ts';
import type { ActivityDependencies } from '../dependencies.ts';

type Ask = Pick<TrainInput, 'model' | 'specRevision'> & { readonly snapshots: readonly Pick<SnapshotRef, 'digest'>[] };

/** The rows of a training, all of its snapshots together. */
export function snapshotRows(
  deps: ActivityDependencies,
  snapshots: readonly Pick<SnapshotRef, 'digest'>[],
  folder: string,
): Promise<CombinedSnapshots> {
  return rowsOf(
    deps,
    snapshots.map(({ digest }) => digest),
    folder,
  );
}

/** The champion that a candidate is held against: its file, and how far it has seen. */
export async function championOf(deps: ActivityDependencies, input: Ask, folder: string): Promise<ChampionOfJob> {
  const champion = (await readRouting(deps.database.db, input.model))?.champion ?? null;
  if (champion === null) return { championModelPath: null, championThreshold: null, championTrainedThroughOrder: null };
  return {
    championModelPath: await deps.store.checkedPathOf(champion.modelDigest),
    championThreshold: champion.threshold,
    championTrainedThroughOrder: await seenThrough(deps, input, champion.version, folder),
  };
}

/** The champion's cut-off in this training's order: all of the history, and the traffic up to its last mature row. */
export async function seenThrough(
  deps: ActivityDependencies,
  input: Ask,
  champion: number,
  folder: string,
): Promise<number> {
  const { db } = deps.database;
  const { spec } = await readSpecRevision(db, input.model, input.specRevision);
  const digests = input.snapshots.map(({ digest }) => digest);
  const history = await rowsOf(deps, digests, folder, ['history']);
  const version = await findVersion(db, input.model, champion);
  if (spec.source.traffic === 'ignore' && spec.eventTime !== null && version !== null) {
    // The export holds rows that are younger than the champion; its own snapshots say how far it has seen.
    return orderThrough(history.paths, (await rowsOf(deps, version.snapshots, folder)).paths, spec.eventTime.column);
  }
  const traffic = (await lineageOf(db, digests)).find(({ kind }) => kind === 'traffic');
  const reachedSeq = version === null ? null : await reachedBy(db, input.model, version);
  if (traffic === undefined || reachedSeq === null) return history.orderMax;
  return history.orderMax + (await countThrough(deps.store, traffic.manifest, reachedSeq));
}

/** The last position of the log that a version was trained on; null for one that took no traffic. */
async function reachedBy(db: Db, model: string, { snapshots, throughWindow }: VersionRow): Promise<number | null> {
  const traffic = (await lineageOf(db, snapshots)).find(({ kind }) => kind === 'traffic');
  if (traffic === undefined || throughWindow === null) return null;
  const { traffic: pieces } = traffic.manifest;
  // A snapshot of an early release does not say its position, and took all that was labelled by its window.
  const said = pieces === undefined ? null : reachOf(pieces);
  return said ?? (await findWindow(db, model, throughWindow))?.lastSeq ?? null;
}

/** The rows of these snapshots and of all that they continue; `kinds` leaves out the others. */
async function rowsOf(
  { database, store }: ActivityDependencies,
  snapshots: readonly string[],
  folder: string,
  kinds: readonly SnapshotKind[] = snapshotKinds,
): Promise<CombinedSnapshots> {
  const line = await lineageOf(database.db, snapshots);
  return combineSnapshots(
    store,
    line.filter(({ kind }) => kinds.includes(kind)).map(({ manifest }) => manifest),
    folder,
  );
}
