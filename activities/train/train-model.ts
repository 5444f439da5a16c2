import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import type { SnapshotRef, TrainedArtifacts, TrainInput } from '../../src/domain/record/runs.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { folderOfAttempt } from './attempt-folder.ts';
import { keepTrained } from './keep-trained.ts';
import { jobOf } from './train-job.ts';
import { trainInChild } from './train-in-child.ts';

export function trainModelActivities(deps: ActivityDependencies) {
  /**
   * Only the two ends touch the database and the store: between them, a training is a folder and a process that works
   * in it.
   */
  async function trainModel(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
  ): Promise<TrainedArtifacts> {
    const base = path.join(deps.trainDir, input.model, String(input.number));
    const folder = await folderOfAttempt(base, Context.current().info.attempt);
    const report = await trainInChild(await jobOf(deps, input, folder), deps.rootDir);
    const artifacts = await keepTrained(deps.store, folder, report);
    await rm(base, { recursive: true, force: true });
    return artifacts;
  }

  return { trainModel };
}
