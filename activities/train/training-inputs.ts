import { combineSnapshots, type CombinedSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { orderThrough } from '../../src/data/snapshot/order-through.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { countLabelledThrough } from '../../src/db/traffic/read/count-labelled.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import { snapshotKinds, type SnapshotKind } from '../../src/domain/record/closed-sets.ts';
import { trafficThrough, type SnapshotRef, type TrainInput } from '../../src/domain/record/runs.ts';
import type { ChampionOfJob } from '../../src/domain/training/training.ts';
import type { ActivityDependencies } from '../dependencies.ts';

type Ask = TrainInput & { readonly snapshots: readonly SnapshotRef[] };

/** The rows of a training, all of its snapshots together. */
export function snapshotRows(
  deps: ActivityDependencies,
  snapshots: readonly SnapshotRef[],
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

/** The champion's cut-off in this training's order: all of the history, and the labelled traffic up to its window. */
async function seenThrough(deps: ActivityDependencies, input: Ask, champion: number, folder: string): Promise<number> {
  const { db } = deps.database;
  const { spec } = await readSpecRevision(db, input.model, input.specRevision);
  const digests = input.snapshots.map(({ digest }) => digest);
  const history = await rowsOf(deps, digests, folder, ['history']);
  const version = await findVersion(db, input.model, champion);
  if (spec.source.traffic === 'ignore' && spec.eventTime !== null && version !== null) {
    // The export holds rows that are younger than the champion; its own snapshots say how far it has seen.
    return orderThrough(history.paths, (await rowsOf(deps, version.snapshots, folder)).paths, spec.eventTime.column);
  }
  const window =
    version === null || version.throughWindow === null
      ? null
      : await findWindow(db, input.model, version.throughWindow);
  const throughWindow = trafficThrough(input);
  if (window === null || throughWindow === null) return history.orderMax;
  return history.orderMax + (await countLabelledThrough(db, input.model, window, throughWindow));
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
