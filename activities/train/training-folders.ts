import { access, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { cut } from '../../src/domain/words/cut.ts';
import { isAbsent } from '../../src/domain/words/is-absent.ts';
import { files, parts } from '../../src/trainers/prepare/folder.ts';

/** The folder of one training, in which each attempt of each step has one of its own. */
export interface TrainingOf {
  readonly model: string;
  readonly number: number;
}

type Step = 'prepare' | 'share' | 'fit' | 'judge';

/**
 * As activities tell each other of a folder: `churn/12/fit-0f3a1c92-7-1`, below the train folder; of a candidate of an
 * experiment `churn/experiment-3-1/fit-…`.
 */
const folderName = /^([^/.][^/]*)\/(\d+|experiment-\d+-\d+)\/((?:prepare|fit)-[\w-]{1,80})$/;

export function baseOf(trainDir: string, { model, number }: TrainingOf): string {
  return path.join(trainDir, model, String(number));
}

/** The folder of one attempt: empty, but for a checkpoint that all attempts share, so that a killed one is taken up. */
export async function attemptFolder(base: string, name: string): Promise<string> {
  const folder = path.join(base, name);
  const { checkpoint } = files;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await mkdir(path.join(base, checkpoint), { recursive: true });
  await symlink(path.join('..', checkpoint), path.join(folder, checkpoint), 'dir');
  return folder;
}

/**
 * The folder of this attempt of a step. Its name bears the run and the activity, so that a run that was reset, or a
 * step that is done once more, does not meet what was left before it.
 */
export function stepFolder(base: string, step: Step): Promise<string> {
  const { attempt } = Context.current().info;
  return attemptFolder(base, `${stepName(step)}-${attempt}`);
}

/**
 * What an attempt before this one had done, when it was done and only its answer was lost: the folder in which
 * `lastFile` stands, which a step writes last.
 */
export async function doneBefore(base: string, step: Step, lastFile: string): Promise<string | null> {
  for (const folder of attemptsBefore(base, step))
    // oxlint-disable-next-line no-await-in-loop -- the youngest first
    if (await isThere(path.join(folder, lastFile))) return folder;
  return null;
}

/** The folders of the attempts before this one, the youngest first, whether they are there or not. */
export function attemptsBefore(base: string, step: Step): readonly string[] {
  const { attempt } = Context.current().info;
  return Array.from({ length: attempt - 1 }, (_, at) => path.join(base, `${stepName(step)}-${attempt - 1 - at}`));
}

function stepName(step: Step): string {
  const { activityId, workflowExecution } = Context.current().info;
  return `${step}-${workflowExecution?.runId.slice(0, 8)}-${activityId}`;
}

/** The name under which another worker finds a folder. */
export function folderNameOf(trainDir: string, folder: string): string {
  return path.relative(trainDir, folder).split(path.sep).join('/');
}

/**
 * The folder of that name, in which `lastFile` stands. Throws `folder_gone` when it is not there: removed, or never on
 * this machine. Throws `invalid_data` for a name that is none: somebody else's program may have said it.
 */
export async function namedFolder(trainDir: string, name: string, lastFile: string): Promise<string> {
  const [, model, number, attempt] = folderName.exec(name) ?? [];
  if (model === undefined || number === undefined || attempt === undefined)
    throw new PerennialError('invalid_data', `"${cut(String(name), 120)}" is no folder of a training`);
  const folder = path.join(trainDir, model, number, attempt);
  if (await isThere(path.join(folder, lastFile))) return folder;
  throw new PerennialError('folder_gone', `the folder ${name} of the training is not below ${trainDir}`);
}

/** The same, of this training: a fit may be somebody else's program, and what it made for another is nothing here. */
export async function ownFolder(
  { trainDir, base }: { readonly trainDir: string; readonly base: string },
  name: string,
  lastFile: string,
): Promise<string> {
  const folder = await namedFolder(trainDir, name, lastFile);
  if (path.dirname(folder) === base) return folder;
  throw new PerennialError('invalid_data', `${name} is a folder of another training`);
}

/** What was prepared, in the folder of another attempt: it is read there and not copied. */
export async function linkPrepared(prepared: string, folder: string): Promise<void> {
  const champion = (await isThere(path.join(prepared, files.champion))) ? [files.champion] : [];
  for (const name of [files.prepared, ...parts.map((part) => files[part]), ...champion])
    // oxlint-disable-next-line no-await-in-loop -- a handful of links
    await symlink(path.relative(folder, path.join(prepared, name)), path.join(folder, name), 'file');
}

/** Removes all of a training but one file, which says what became of it. */
export async function clearBut(base: string, kept: string): Promise<void> {
  for (const name of await readdir(base))
    // oxlint-disable-next-line no-await-in-loop -- a handful of folders
    if (name !== kept) await rm(path.join(base, name), { recursive: true, force: true });
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );
}
