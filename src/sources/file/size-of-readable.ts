import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { PerennialError } from '../../domain/words/errors.ts';

/**
 * Bytes of a file that this process may read. What a person has to repair is invalid_data, with one sentence that names
 * the path and a hint at the way out, since trying again does not help; any other failure of the disk passes as it is.
 */
export async function sizeOfReadable(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw refusal(file, 'is a folder', 'Name one CSV, NDJSON or Parquet file in it.');
    if (!found.isFile()) throw refusal(file, 'is no regular file', 'Write its rows to one.');
    await access(file, constants.R_OK);
    return found.size;
  } catch (error) {
    throw refused(file, error);
  }
}

const correctPath = 'Correct `source.path`.';
const givePermission = 'Give the worker permission to read it.';

/** By the code of the file system: what is wrong, and what to do. */
const reasons: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  ENOENT: ['is not there', 'Put the file there or correct `source.path`.'],
  ENOTDIR: ['leads through something that is no folder', correctPath],
  EACCES: ['may not be read by this user', givePermission],
  EPERM: ['may not be read by this user', givePermission],
  ELOOP: ['is a link that leads back to itself', correctPath],
  ENAMETOOLONG: ['is longer than a path can be', correctPath],
};

/** The failure as a person should read it, or as it came when it may pass by itself. */
export function refused(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const known = reasons[String(error.code)];
  return known === undefined ? error : refusal(file, ...known, error);
}

function refusal(file: string, reason: string, hint: string, cause?: unknown): PerennialError {
  return new PerennialError('invalid_data', `The source ${file} ${reason}.`, { path: 'source.path', hint, cause });
}
