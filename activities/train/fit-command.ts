import { rm } from 'node:fs/promises';
import path from 'node:path';
import { arch, env, platform } from 'node:process';
import { Context } from '@temporalio/activity';
import type { CommandSpec } from '../../src/domain/spec/parts/external-trainer.ts';
import { commandEntriesMax } from '../../src/domain/training/external/command-job.ts';
import {
  externalStages,
  type ExternalEnvironment,
  type ExternalProgress,
  type ExternalStage,
} from '../../src/domain/training/external.ts';
import { commandFolder } from '../../src/trainers/external/run/command-folder.ts';
import { digestFile, digestFolder } from '../../src/trainers/external/run/digest-folder.ts';
import { endLeftBehind } from '../../src/trainers/external/run/end-group.ts';
import { hiderOf, hideIn } from '../../src/trainers/external/run/hide-secrets.ts';
import { programEnvironment } from '../../src/trainers/external/run/program-environment.ts';
import { writeExternalFitted, type ExternalTried } from '../../src/trainers/external/write-fitted.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { tellProgress } from '../heartbeat.ts';
import { checkpointOf, externalFolder, handOver, takeStage, type StageOf } from './external-stages.ts';
import { runSupervised } from './run-supervised.ts';
import type { TrainingChildren } from './training-children.ts';
import { attemptsBefore } from './training-folders.ts';

/** What a worker needs to run the commands of definitions. */
export type CommandDependencies = Pick<ActivityDependencies, 'rootDir' | 'trainersDir' | 'secretOf'>;

interface Work {
  readonly model: string;
  readonly run: string;
  /** The folder of this attempt, with what was prepared. */
  readonly folder: string;
  readonly trainer: CommandSpec;
}

/**
 * Fits by a program of this machine: a candidate, and where the definition asks for a refit, a release on all rows
 * after it. What the program left is checked and tried before anything else reads it.
 */
export async function fitCommand(deps: CommandDependencies, children: TrainingChildren, work: Work): Promise<void> {
  const cwd = await commandFolder(deps.trainersDir, work.trainer.folder);
  const environment = await environmentOf(work.trainer, cwd);
  // The rows of an attempt that was lost are of no more use; what it kept for the next one lies elsewhere.
  for (const before of attemptsBefore(path.dirname(work.folder), 'fit')) {
    // oxlint-disable no-await-in-loop -- a handful of folders
    // Nor may its program go on: it would write into the checkpoint of this one.
    for (const stage of externalStages) await endLeftBehind(externalFolder({ folder: before, stage }));
    await rm(before, { recursive: true, force: true });
    // oxlint-enable no-await-in-loop
  }
  const fit = (stage: ExternalStage) => fitStage(deps, children, { ...work, stage, cwd });
  const candidate = await fit('candidate');
  const release = work.trainer.refit ? await fit('release') : null;
  await writeExternalFitted(work.folder, { candidate, release }, { kind: work.trainer.kind, environment });
}

async function fitStage(
  deps: CommandDependencies,
  children: TrainingChildren,
  work: Work & StageOf & { readonly cwd: string },
): Promise<ExternalTried> {
  const { trainer, model, folder, stage, run } = work;
  const { cancellationSignal } = Context.current();
  const secrets = await secretsOf(deps, model, trainer);
  const external = await handOver(children, { folder, run, stage });
  let last: ExternalProgress | null = null;
  try {
    await runSupervised(
      deps.rootDir,
      {
        argv: trainer.argv,
        cwd: work.cwd,
        folder: external,
        checkpoint: checkpointOf(work),
        environment: programEnvironment(env, secrets),
        secrets: [...secrets.values()],
        limits: {
          memoryBytesMax: trainer.memoryBytesMax,
          timeMsMax: trainer.timeMsMax,
          filesBytesMax: trainer.filesBytesMax,
          entriesMax: commandEntriesMax,
        },
      },
      (progress) => {
        // A look without news must not wipe out the last ones.
        last = progress ?? last;
        tellProgress({ phase: 'fit', stage, ...last });
      },
      cancellationSignal,
    );
    const tried = await takeStage(work, external, trainer, cancellationSignal);
    // Only what the program said: a secret may happen to be a word of ours.
    return { ...tried, said: hideIn(tried.said, hiderOf([...secrets.values()])) };
  } finally {
    // Rows in the clear are kept for no longer than somebody works with them.
    await rm(externalFolder(work), { recursive: true, force: true });
  }
}

async function secretsOf(
  { secretOf }: CommandDependencies,
  model: string,
  { secrets }: CommandSpec,
): Promise<ReadonlyMap<string, string>> {
  const read = new Map<string, string>();
  // oxlint-disable-next-line no-await-in-loop -- a handful of small files
  for (const name of secrets) read.set(name, await secretOf(model, name));
  return read;
}

/** What is known without asking the program. */
async function environmentOf(trainer: CommandSpec, cwd: string): Promise<ExternalEnvironment> {
  const codeDigest = await digestFolder(cwd);
  return {
    argv: trainer.argv,
    ...(codeDigest === null ? {} : { codeDigest }),
    ...(trainer.lock === undefined ? {} : { lockDigest: await digestFile(cwd, trainer.lock) }),
    ...(trainer.image === undefined ? {} : { image: trainer.image }),
    host: `${platform}-${arch}`,
  };
}
