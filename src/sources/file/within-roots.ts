import { constants } from 'node:fs';
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { refusal, refused } from './refusal.ts';

/**
 * Opens a file that really lies within one of the roots: what the open handle names is checked, so neither `..`, nor a
 * link, nor one that is laid between the check and the opening leads anywhere else. Throws invalid_data with one
 * sentence for what a person has to repair; any other failure of the disk passes as it is.
 */
export async function openWithin(file: string, roots: readonly string[]): Promise<FileHandle> {
  try {
    // Before anything is opened: a device or a pipe outside of the roots is not even touched.
    await refuseOutside(file, roots);
    // A pipe without a writer would keep a blocking open for ever.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (found.isDirectory()) throw refusal(file, 'is a folder', 'Name one CSV, NDJSON or Parquet file in it.');
      if (!found.isFile()) throw refusal(file, 'is no regular file', 'Write its rows to one.');
      if (!isWithinAny(await placeOf(handle, file), await realRoots(roots))) throw leadsOut(file);
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
export async function refuseOutside(file: string, roots: readonly string[]): Promise<void> {
  if (roots.length === 0) throw refusal(file, 'is not read: no source root is declared for this model', declareRoot);
  const real = await realRoots(roots);
  if (!isWithinAny(path.resolve(file), [...roots.map((root) => path.resolve(root)), ...real]))
    throw refusal(file, 'lies outside of the source roots of this model', declareRoot);
  const target = await realpath(file).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw refused(file, error);
  });
  if (target !== null && !isWithinAny(target, real)) throw leadsOut(file);
}

/** True for the folder itself and all below it; a folder whose name only begins alike is another one. */
function isWithin(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function isWithinAny(file: string, roots: readonly string[]): boolean {
  return roots.some((root) => isWithin(root, file));
}

/** The roots as they lie on this disk; one that is not there holds nothing. */
async function realRoots(roots: readonly string[]): Promise<readonly string[]> {
  return Promise.all(roots.map((root) => realpath(root).catch(() => path.resolve(root))));
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

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
