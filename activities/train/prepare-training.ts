import { constants, copyFile } from 'node:fs/promises';
import path from 'node:path';
import type { SnapshotRef, TrainInput } from '../../src/domain/record/runs.ts';
import { allowedSuspicions } from '../../src/db/models/leakage-allowances.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { isExternal, isGoneOnFrom, type TrainerSpec } from '../../src/domain/spec/trainer-spec.ts';
import type { GivenChampion } from '../../src/domain/training/training.ts';
import { files } from '../../src/trainers/prepare/folder.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { TrainingChildren } from './training-children.ts';
import { baseOf, doneBefore, folderNameOf, stepFolder } from './training-folders.ts';
import { seenThrough, snapshotRows } from './training-inputs.ts';

export function prepareTrainingActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { trainDir } = deps;

  /** Snapshots become a folder with everything that a fit may know: from here on, nobody needs to ask Postgres. */
  async function prepareTraining(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
  ): Promise<{ readonly folder: string }> {
    const base = baseOf(trainDir, input);
    const before = await doneBefore(base, 'prepare', files.prepared);
    if (before !== null) return { folder: folderNameOf(trainDir, before) };
    const folder = await stepFolder(base, 'prepare');
    const { spec } = await readSpecRevision(deps.database.db, input.model, input.specRevision);
    const given = await givenChampion(deps, input, folder, spec.trainer);
    const { paths } = await snapshotRows(deps, input.snapshots, folder);
    const allowed = await allowedSuspicions(deps.database.db, input.model);
    const shown = given === null ? {} : { champion: given };
    await children.run<'prepare'>({ job: 'prepare', spec, dataPaths: paths, folder, allowed, ...shown });
    return { folder: folderNameOf(trainDir, folder) };
  }

  return { prepareTraining };
}

/** Before the rows are written: how far the champion has seen is found by writing some of them into the same folder. */
async function givenChampion(
  deps: ActivityDependencies,
  input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
  folder: string,
  trainer: TrainerSpec,
): Promise<GivenChampion | null> {
  const isWarm = isGoneOnFrom(trainer);
  if (!isExternal(trainer) && !isWarm) return null;
  const champion = await copyChampion(deps, input.model, folder);
  if (champion === null || !isWarm) return champion;
  return { ...champion, trainedThroughOrder: await seenThrough(deps, input, champion.version, folder) };
}

/** A program of somebody else may begin with the champion, and has nobody to ask for it. */
async function copyChampion(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  model: string,
  folder: string,
): Promise<GivenChampion | null> {
  const champion = (await readRouting(database.db, model))?.champion ?? null;
  if (champion === null) return null;
  const { version, threshold, modelDigest } = champion;
  await copyFile(await store.checkedPathOf(modelDigest), path.join(folder, files.champion), constants.COPYFILE_FICLONE);
  return { version, threshold };
}
