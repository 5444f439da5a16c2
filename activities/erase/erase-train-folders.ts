import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { noteCount } from '../../src/db/erasure/counts.ts';
import { fitsLeftOver } from '../../src/db/trainers/fits.ts';
import { isRunning } from '../../src/db/runs/runs.ts';
import { isAbsent } from '../../src/domain/words/is-absent.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { endShares } from '../train/at-worker/end-sharing.ts';
import { baseOf } from '../train/training-folders.ts';
import type { ErasePart } from './part.ts';

/** Folders of trainings that were cut off hold copies of rows; those of trainings under way go with them. */
export const eraseTrainFolders: ErasePart = async ({ deps, erasure, owner }) => {
  if (owner.of !== 'model') return null;
  // So may the files of trainings at workers that were cut off.
  if (!erasure.isDryRun)
    for (const runId of await fitsLeftOver(deps.database.db, owner.name))
      // oxlint-disable-next-line no-await-in-loop -- there are few, if any
      await endShares(deps, runId);
  const folder = path.join(deps.trainDir, owner.name);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  for (const number of names.map(Number).filter((one) => Number.isSafeInteger(one) && one > 0)) {
    // oxlint-disable no-await-in-loop -- there are few: they go with their trainings
    if (await isRunning(deps.database.db, workflowIds.train(owner.name, number))) continue;
    if (!erasure.isDryRun)
      await rm(baseOf(deps.trainDir, { model: owner.name, number }), { recursive: true, force: true });
    const count = { erasureId: erasure.erasureId, owner: owner.name, place: 'training', item: String(number) } as const;
    await noteCount(deps.database.db, count, 1, true);
    // oxlint-enable no-await-in-loop
  }
  return null;
};
