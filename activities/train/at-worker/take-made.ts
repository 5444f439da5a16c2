import { constants, copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readFitAnswer } from '../../../src/contracts/http/trainers/fit-external.ts';
import type { MadeStage } from '../../../src/domain/training/workers/fit-external.ts';
import { files } from '../../../src/trainers/prepare/folder.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { findMade } from './find-made.ts';
import type { TrainingChildren } from '../training-children.ts';
import { baseOf, doneBefore, folderNameOf, linkPrepared, ownFolder, stepFolder } from '../training-folders.ts';

export interface TakeAsk {
  readonly model: string;
  readonly runId: string;
  readonly number: number;
  readonly prepared: string;
  readonly made: readonly MadeStage[];
}

export function takeMadeActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { trainDir } = deps;

  /**
   * What a worker uploaded becomes a folder as every fit leaves one, to be judged like any other. Nothing that the
   * worker says is believed: names, digests and sizes are checked, and the file of the model passes the gatekeeper.
   */
  async function takeMade(ask: TakeAsk): Promise<{ readonly folder: string }> {
    const base = baseOf(trainDir, ask);
    const before = await doneBefore(base, 'fit', files.fitted);
    if (before !== null) return { folder: folderNameOf(trainDir, before) };
    const prepared = await ownFolder({ trainDir, base }, ask.prepared, files.prepared);
    const folder = await stepFolder(base, 'fit');
    await linkPrepared(prepared, folder);
    const stages: { stage: MadeStage['stage']; external: string }[] = [];
    for (const made of ask.made) {
      const external = path.join(folder, 'external', made.stage);
      // oxlint-disable-next-line no-await-in-loop -- two at most
      await fetchMade(ask.runId, made, external);
      stages.push({ stage: made.stage, external });
    }
    await children.run<'take'>({ job: 'take', folder, stages });
    return { folder: folderNameOf(trainDir, folder) };
  }

  async function fetchMade(runId: string, { answer }: MadeStage, external: string): Promise<void> {
    await mkdir(external, { recursive: true });
    for (const file of readFitAnswer(answer))
      // oxlint-disable-next-line no-await-in-loop -- one large file at a time
      await copyFile(await findMade(deps, runId, file), path.join(external, file.path), constants.COPYFILE_FICLONE);
  }

  return { takeMade };
}
