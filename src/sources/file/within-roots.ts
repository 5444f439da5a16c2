import { constants } from 'node:fs';
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { SourcePlace } from '../port.ts';
import { refusal, refused } from './refusal.ts';
import { isOfState } from './state-folder.ts';
import { isWithin } from './is-within.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

/**
 * Opens a file that really lies within one of the roots: what the open handle names is checked, so neither `..`, nor a
 * link, nor one that is laid between the check and the opening leads anywhere else. Throws invalid_data with one
 * sentence for what a person has to repair; any other failure of the disk passes as it is.
 */
export async function openWithin(file: string, place: SourcePlace): Promise<FileHandle> {
  try {
    // Before anything is opened: a device or a pipe outside of the roots is not even touched.
    await refuseOutside(file, place);
    // A pipe without a writer would keep a blocking open for ever.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (found.isDirectory()) throw refusal(file, 'is a folder', 'Name one CSV, NDJSON or Parquet file in it.');
      if (!found.isFile()) throw refusal(file, 'is no regular file', 'Write its rows to one.');
      refuseTarget(file, await placeOf(handle, file), await realPlace(place));
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw refused(file, error);
  }
}

/**
 * Throws invalid_data unless the path, and the file behind it where there is one on this machine, lies within a root.
 * Outside of them nothing is looked at, so no answer tells whether something is there.
 */
export async function refuseOutside(file: string, place: SourcePlace): Promise<void> {
  const { roots } = place;
  if (roots.length === 0) throw refusal(file, 'is not read: no source root is declared for this model', declareRoot);
  const real = await realPlace(place);
  if (!isWithinAny(path.resolve(file), [...roots.map((root) => path.resolve(root)), ...real.roots]))
    throw refusal(file, 'lies outside of the source roots of this model', declareRoot);
  const target = await realpath(file).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw refused(file, error);
  });
  if (target !== null) refuseTarget(file, target, real);
}

/** `target` is where the file really lies. */
function refuseTarget(file: string, target: string, { roots, stateDir }: SourcePlace): void {
  const around = roots.filter((root) => isWithin(root, target));
  if (around.length === 0) throw leadsOut(file);
  if (around.every((root) => isOfState(root, target, stateDir)))
    throw refusal(file, 'belongs to the state of Perennial', 'Put the table into a folder of its own.');
}

function isWithinAny(file: string, roots: readonly string[]): boolean {
  return roots.some((root) => isWithin(root, file));
}

/** The folders as they lie on this disk; one that is not there holds nothing. */
async function realPlace({ roots, stateDir }: SourcePlace): Promise<SourcePlace> {
  const realOf = (folder: string) => realpath(folder).catch(() => path.resolve(folder));
  const real = await Promise.all(roots.map(realOf));
  return stateDir === undefined ? { roots: real } : { roots: real, stateDir: await realOf(stateDir) };
}

/** Where an open file lies. Linux says so of the handle itself; elsewhere the path must still lead to the same file. */
async function placeOf(handle: FileHandle, file: string): Promise<string> {
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`);
  const target = await realpath(file);
  const [opened, named] = await Promise.all([handle.stat({ bigint: true }), stat(target, { bigint: true })]);
  if (opened.ino !== named.ino || opened.dev !== named.dev) throw leadsOut(file);
  return target;
}

const declareRoot = 'Move it below a source root, or add its folder to PERENNIAL_SOURCE_ROOTS of control and worker.';

function leadsOut(file: string): Error {
  return refusal(file, 'leads outside of the source roots of this model', declareRoot);
}
