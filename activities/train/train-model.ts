import { rm } from 'node:fs/promises';
import { Context } from '@temporalio/activity';
import type { SnapshotRef, TrainedArtifacts, TrainInput } from '../../src/domain/record/runs.ts';
import { allowedSuspicions } from '../../src/db/models/leakage-allowances.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keepTrained } from './keep-trained.ts';
import type { TrainingChildren } from './training-children.ts';
import { attemptFolder, baseOf } from './training-folders.ts';
import { championOf, snapshotRows } from './training-inputs.ts';

export function trainModelActivities(deps: ActivityDependencies, children: TrainingChildren) {
  /** All steps at once, for trainings that began before the steps were activities of their own. */
  async function trainModel(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
  ): Promise<TrainedArtifacts> {
    const base = baseOf(deps.trainDir, input);
    const folder = await attemptFolder(base, `attempt-${Context.current().info.attempt}`);
    const { spec } = await readSpecRevision(deps.database.db, input.model, input.specRevision);
    const { paths: dataPaths } = await snapshotRows(deps, input.snapshots, folder);
    const champion = await championOf(deps, input, folder);
    const allowed = await allowedSuspicions(deps.database.db, input.model);
    const report = await children.run<'train'>({ job: 'train', spec, dataPaths, folder, allowed, ...champion });
    const artifacts = await keepTrained(deps.store, folder, report);
    await rm(base, { recursive: true, force: true });
    return artifacts;
  }

  return { trainModel };
}
