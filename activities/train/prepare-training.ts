import type { SnapshotRef, TrainInput } from '../../src/domain/record/runs.ts';
import { allowedSuspicions } from '../../src/db/models/leakage-allowances.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { files } from '../../src/trainers/prepare/folder.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { TrainingChildren } from './training-children.ts';
import { baseOf, doneBefore, folderNameOf, stepFolder } from './training-folders.ts';
import { snapshotRows } from './training-inputs.ts';

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
    const { paths } = await snapshotRows(deps, input.snapshots, folder);
    const allowed = await allowedSuspicions(deps.database.db, input.model);
    await children.run<'prepare'>({ job: 'prepare', spec, dataPaths: paths, folder, allowed });
    return { folder: folderNameOf(trainDir, folder) };
  }

  return { prepareTraining };
}
