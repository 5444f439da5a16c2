import { constants, copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { readFitAnswer } from '../../../src/contracts/http/trainers/fit-external.ts';
import { isExternal, type ExternalSpec } from '../../../src/domain/spec/trainer-spec.ts';
import type { MadeStage } from '../../../src/domain/training/workers/fit-external.ts';
import { writeExternalFitted, type ExternalTried } from '../../../src/trainers/external/write-fitted.ts';
import { files, type Prepared } from '../../../src/trainers/prepare/folder.ts';
import { readJson } from '../../../src/trainers/prepare/json-files.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { externalFolder, takeStage } from '../external-stages.ts';
import { findMade } from './find-made.ts';
import { baseOf, doneBefore, folderNameOf, linkPrepared, ownFolder, stepFolder } from '../training-folders.ts';

export interface TakeAsk {
  readonly model: string;
  readonly runId: string;
  readonly number: number;
  readonly prepared: string;
  readonly made: readonly MadeStage[];
}

export function takeMadeActivities(deps: ActivityDependencies) {
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
    const { trainer } = (await readJson<Prepared>(path.join(folder, files.prepared))).spec;
    const [candidate, release] = ask.made;
    if (candidate === undefined || !isExternal(trainer))
      throw new PerennialError('invalid_data', 'There is nothing that a worker has made.', { path: 'trainer' });
    const take = (made: MadeStage): Promise<ExternalTried> => takeOne(ask.runId, folder, trainer, made);
    const tried = { candidate: await take(candidate), release: release === undefined ? null : await take(release) };
    const environment = trainer.image === undefined ? {} : { image: trainer.image };
    await writeExternalFitted(folder, tried, { kind: trainer.kind, environment });
    return { folder: folderNameOf(trainDir, folder) };
  }

  async function takeOne(
    runId: string,
    folder: string,
    trainer: ExternalSpec,
    { stage, answer }: MadeStage,
  ): Promise<ExternalTried> {
    const external = externalFolder({ folder, stage });
    await mkdir(external, { recursive: true });
    for (const file of readFitAnswer(answer))
      // oxlint-disable-next-line no-await-in-loop -- one large file at a time
      await copyFile(await findMade(deps, runId, file), path.join(external, file.path), constants.COPYFILE_FICLONE);
    return takeStage({ folder, stage }, external, trainer, Context.current().cancellationSignal);
  }

  return { takeMade };
}
