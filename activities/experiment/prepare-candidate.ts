import { allowedSuspicions } from '../../src/db/models/leakage-allowances.ts';
import { readCandidate, readExperiment, type CandidateKey } from '../../src/db/trainers/experiments.ts';
import { files } from '../../src/trainers/prepare/folder.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { TrainingChildren } from '../train/training-children.ts';
import { doneBefore, folderNameOf, stepFolder } from '../train/training-folders.ts';
import { snapshotRows } from '../train/training-inputs.ts';
import { candidateBase } from './candidate-folder.ts';

export function prepareCandidateActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { trainDir } = deps;
  const { db } = deps.database;

  /** The rows of the experiment's snapshot in parts, as this candidate's definition splits them. */
  async function prepareCandidate(key: CandidateKey): Promise<{ readonly folder: string }> {
    const base = candidateBase(trainDir, key);
    const before = await doneBefore(base, 'prepare', files.prepared);
    if (before !== null) return { folder: folderNameOf(trainDir, before) };
    const folder = await stepFolder(base, 'prepare');
    const { snapshot } = await readExperiment(db, key);
    const { spec } = await readCandidate(db, key);
    const { paths } = await snapshotRows(deps, [{ digest: snapshot }], folder);
    const allowed = await allowedSuspicions(db, key.model);
    await children.run<'prepare'>({ job: 'prepare', spec, dataPaths: paths, folder, allowed });
    return { folder: folderNameOf(trainDir, folder) };
  }

  return { prepareCandidate };
}
