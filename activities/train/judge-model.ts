import path from 'node:path';
import { Context } from '@temporalio/activity';
import type { SnapshotRef, TrainedArtifacts, TrainInput } from '../../src/domain/record/runs.ts';
import type { SearchSummary } from '../../src/domain/training/search/trial.ts';
import { isAbsent } from '../../src/domain/words/is-absent.ts';
import { takeFitted } from '../../src/trainers/fit/read-fitted.ts';
import { files } from '../../src/trainers/prepare/folder.ts';
import { readJson, writeJson } from '../../src/trainers/prepare/json-files.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keepTrained } from './keep-trained.ts';
import { measureFootprint } from './measure-footprint.ts';
import type { TrainingChildren } from './training-children.ts';
import { baseOf, clearBut, linkPrepared, ownFolder, stepFolder } from './training-folders.ts';
import { championOf } from './training-inputs.ts';

export interface JudgeAsk extends TrainInput {
  readonly snapshots: readonly SnapshotRef[];
  /** Folders below the train folder: of the rows, and of what was made of them. */
  readonly prepared: string;
  readonly fitted: string;
  /** What the trials came to that chose the settings; absent without a search, and in older histories. */
  readonly found?: SearchSummary;
}

export function judgeModelActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { trainDir, store } = deps;

  /** Scores the files of a fit again, whoever made them, takes over what outlives the training, and ends its folder. */
  async function judgeModel(input: JudgeAsk): Promise<TrainedArtifacts> {
    const base = baseOf(trainDir, input);
    const kept = `judged-${Context.current().info.workflowExecution?.runId}.json`;
    const before = await readTrained(path.join(base, kept));
    if (before !== null) return before;
    const folder = await stepFolder(base, 'judge');
    const own = (name: string, lastFile: string) => ownFolder({ trainDir, base }, name, lastFile);
    await linkPrepared(await own(input.prepared, files.prepared), folder);
    await takeFitted(await own(input.fitted, files.fitted), folder);
    const champion = await championOf(deps, input, folder);
    const report = await children.run<'judge'>({
      job: 'judge',
      folder,
      ...champion,
      ...(input.found === undefined ? {} : { search: input.found }),
    });
    const footprint = await measureFootprint(deps, children, input, { folder, report });
    const artifacts = await keepTrained(store, folder, report, footprint);
    // First: when this answer is lost, the next attempt finds nothing else.
    await writeJson(path.join(base, kept), artifacts);
    await clearBut(base, kept);
    return artifacts;
  }

  return { judgeModel };
}

async function readTrained(file: string): Promise<TrainedArtifacts | null> {
  return readJson<TrainedArtifacts>(file).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
}
