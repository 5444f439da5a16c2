import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { askChild } from '../../src/settings/ask-child.ts';
import { foreignProcessOf, type ExternalSpec } from '../../src/domain/spec/trainer-spec.ts';
import { modelProcessOf } from '../../src/domain/spec/parts/model-process.ts';
import { externalFiles, type ExternalStage } from '../../src/domain/training/external.ts';
import type { TakeJob } from '../../src/domain/training/external/take-job.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { isAbsent } from '../../src/domain/words/is-absent.ts';
import { reportCopy } from '../../src/trainers/external/take-result.ts';
import type { ExternalTried } from '../../src/trainers/external/write-fitted.ts';
import { files } from '../../src/trainers/prepare/folder.ts';
import type { TrainingChildren } from './training-children.ts';

/** A file that is not read, tried and measured within this would not answer in time either. */
const takeMsMax = 600_000;

/** A stage of a fit by somebody else's program, in the folder of an attempt. */
export interface StageOf {
  /** The folder of the step, with what was prepared. */
  readonly folder: string;
  readonly run: string;
  readonly stage: ExternalStage;
}

/** Where the program works, below the folder of the step. */
export function externalFolder({ folder, stage }: Pick<StageOf, 'folder' | 'stage'>): string {
  return path.join(folder, `external-${stage}`);
}

/** What outlives attempts, of one stage: a candidate that is done must not be taken for a release. */
export function checkpointOf({ folder, stage }: Pick<StageOf, 'folder' | 'stage'>): string {
  return path.join(path.dirname(folder), files.checkpoint, stage);
}

/** Writes the folder in which the program works, and gives its path. */
export async function handOver(children: TrainingChildren, of: StageOf): Promise<string> {
  const external = externalFolder(of);
  await rm(external, { recursive: true, force: true });
  await mkdir(external, { recursive: true });
  await mkdir(checkpointOf(of), { recursive: true });
  await symlink(path.relative(external, checkpointOf(of)), path.join(external, externalFiles.checkpoint), 'dir');
  await giveReport(of, external);
  await children.run<'share'>({ job: 'share', ...of, into: external });
  return external;
}

/** A release may go by what its candidate has found out. */
async function giveReport({ folder, stage }: StageOf, external: string): Promise<void> {
  if (stage === 'candidate') return;
  const target = path.join(external, externalFiles.candidateReport);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(path.join(folder, reportCopy('candidate')), target).catch((error: unknown) => {
    // It said nothing.
    if (!isAbsent(error)) throw error;
  });
}

/** Takes what the program left, in a process of its own that holds no secret and may be lost. */
export function takeStage(
  { folder, stage }: Pick<StageOf, 'folder' | 'stage'>,
  external: string,
  trainer: ExternalSpec,
  signal: AbortSignal,
): Promise<ExternalTried> {
  const process = foreignProcessOf(trainer) ?? modelProcessOf({});
  const job: TakeJob = { job: 'take', folder, external, stage, process };
  return askChild<ExternalTried>('main-import', job, { timeoutMs: takeMsMax, silent: endedSilently, signal });
}

function endedSilently(signal: NodeJS.Signals | null): PerennialError {
  const why =
    signal === 'SIGKILL'
      ? `it was not read and tried within ${takeMsMax / 1_000} s, or needed too much memory`
      : 'the process that tried it ended without a word';
  return new PerennialError('unsupported', `The model file of the trainer is not taken: ${why}.`, {
    path: 'trainer',
    hint: 'Leave a smaller or simpler model.',
  });
}
