import { copyFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { sha256OfFile } from '../../../src/artifacts/digest.ts';
import { readFitAnswer, fileBytesMax } from '../../../src/contracts/http/trainers/fit-external.ts';
import { putFit } from '../../../src/db/trainers/fits.ts';
import { externalFiles, type ExternalStage } from '../../../src/domain/training/external.ts';
import type { FitExternalAsk, MadeStage, WorkerFit } from '../../../src/domain/training/workers/fit-external.ts';
import { digestOf, type SharedFile } from '../../../src/domain/training/workers/shared-files.ts';
import { isAbsent } from '../../../src/domain/words/is-absent.ts';
import { reportCopy } from '../../../src/trainers/external/take-result.ts';
import { files as preparedFiles } from '../../../src/trainers/prepare/folder.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { handOver } from '../external-stages.ts';
import { findMade } from './find-made.ts';
import type { TrainingChildren } from '../training-children.ts';
import { baseOf, linkPrepared, ownFolder, stepFolder } from '../training-folders.ts';

export interface ShareAsk {
  readonly model: string;
  readonly runId: string;
  readonly number: number;
  /** The prepared folder, below the train folder. */
  readonly prepared: string;
  readonly stage: ExternalStage;
  readonly worker: WorkerFit;
  /** What the stages before came to. */
  readonly made: readonly MadeStage[];
}

/** What a worker is given, where it is there; a checkpoint is its own affair. */
const given = [
  externalFiles.task,
  externalFiles.train,
  externalFiles.validation,
  externalFiles.test,
  externalFiles.champion,
  externalFiles.candidateReport,
];

export function shareTrainingActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { trainDir, database } = deps;

  /**
   * Writes the folder of an external trainer and puts its files where a worker can fetch them by digest. Done again it
   * shares the same bytes. Answers what the worker is asked.
   */
  async function shareTraining(ask: ShareAsk): Promise<{ readonly task: FitExternalAsk }> {
    const { model, runId, number, stage, worker } = ask;
    const base = baseOf(trainDir, ask);
    const prepared = await ownFolder({ trainDir, base }, ask.prepared, preparedFiles.prepared);
    const folder = await stepFolder(base, 'share');
    try {
      await linkPrepared(prepared, folder);
      await giveReport(deps, ask, folder);
      const external = await handOver(children, { folder, run: runId, stage });
      const files: SharedFile[] = [];
      for (const name of given) {
        // oxlint-disable-next-line no-await-in-loop -- one large file at a time
        const file = await described(path.join(external, name), name);
        if (file !== null) files.push(file);
      }
      const { queue, trainer, tag, memoryGb, timeMsMax } = worker;
      await putFit(
        database,
        { runId, model, queue, trainer, tag: tag ?? null, memoryGb: memoryGb ?? null, filesBytesMax: fileBytesMax },
        files.map((file) => ({ ...file, path: `${stage}/${file.path}` })),
      );
      // Their rows first: a sweep between the two would find the bytes needed.
      for (const file of files)
        // oxlint-disable-next-line no-await-in-loop -- as above
        await deps.store.putFile(path.join(external, file.path));
      const limits = { timeMsMax, memoryBytesMax: null, filesBytesMax: fileBytesMax };
      const requires = { ...(tag === undefined ? {} : { tag }), ...(memoryGb === undefined ? {} : { memoryGb }) };
      return { task: { formatVersion: 1, model, runId, number, trainer, stage, files, limits, requires } };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return { shareTraining };
}

/** Null where there is no such file. */
async function described(file: string, name: string): Promise<SharedFile | null> {
  const found = await stat(file).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (found === null) return null;
  return { path: name, digest: digestOf(await sha256OfFile(file)), bytes: found.size };
}

/** What a program said of its candidate is handed over with the rows of the release. */
async function giveReport(deps: ActivityDependencies, { runId, made }: ShareAsk, folder: string): Promise<void> {
  const candidate = made.find(({ stage }) => stage === 'candidate');
  if (candidate === undefined) return;
  const said = readFitAnswer(candidate.answer).find((file) => file.path === externalFiles.report);
  if (said === undefined) return;
  await copyFile(await findMade(deps, runId, said), path.join(folder, reportCopy('candidate')));
}
