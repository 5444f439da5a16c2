import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { noteCount } from '../../src/db/erasure/counts.ts';
import { fitsLeftOver } from '../../src/db/trainers/fits.ts';
import { isRunning } from '../../src/db/runs/runs.ts';
import { isAbsent } from '../../src/domain/words/is-absent.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { endShares } from '../train/at-worker/end-sharing.ts';
import { experimentOf } from '../experiment/candidate-folder.ts';
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
  for (const name of names) {
    const runId = runOf(owner.name, name);
    if (runId === null) continue;
    // oxlint-disable no-await-in-loop -- there are few: they go with their trainings
    if (await isRunning(deps.database.db, runId)) continue;
    if (!erasure.isDryRun) await rm(path.join(folder, name), { recursive: true, force: true });
    const count = { erasureId: erasure.erasureId, owner: owner.name, place: 'training', item: name } as const;
    await noteCount(deps.database.db, count, 1, true);
    // oxlint-enable no-await-in-loop
  }
  return null;
};

/** The training or the experiment whose folder is called so; null for none. */
function runOf(model: string, name: string): string | null {
  const experiment = experimentOf(name);
  if (experiment !== null) return workflowIds.experiment(model, experiment);
  return /^[1-9]\d*$/.test(name) ? workflowIds.train(model, Number(name)) : null;
}
