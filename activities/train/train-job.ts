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
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TrainJob } from '../../src/domain/training/training.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** What a training is to do, with everything that Postgres and the store know about it: files, and the champion. */
export async function jobOf(
  deps: ActivityDependencies,
  input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
  folder: string,
): Promise<TrainJob> {
  const { store } = deps;
  const { db } = deps.database;
  const { spec } = await readSpecRevision(db, input.model, input.specRevision);
  const snapshots = input.snapshots.map((snapshot) => snapshot.digest);
  const all = await rowsOf(deps, snapshots, folder);
  const history = await rowsOf(deps, snapshots, folder, ['history']);
  const champion = (await readRouting(db, input.model))?.champion ?? null;
  return {
    job: 'train',
    spec,
    dataPaths: all.paths,
    folder,
    championTrainedThroughOrder:
      champion === null ? null : await seenThrough(deps, input, spec, champion.version, { history, folder }),
    championModelPath: champion === null ? null : await store.checkedPathOf(champion.modelDigest),
    championThreshold: champion?.threshold ?? null,
  };
}

/** The champion's cut-off in this training's order: all of the history, and the labelled traffic up to its window. */
async function seenThrough(
  deps: ActivityDependencies,
  input: TrainInput,
  spec: ModelSpec,
  champion: number,
  { history, folder }: { readonly history: CombinedSnapshots; readonly folder: string },
): Promise<number> {
  const { db } = deps.database;
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
