import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { PerennialError } from '../../domain/words/errors.ts';

/**
 * Bytes of a file that this process may read. What a person has to repair is invalid_data, with one sentence that names
 * the path and the way out, since trying again does not help; any other failure of the disk passes as it is.
 */
export async function sizeOfReadable(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw refusal(file, 'is a folder: name one CSV, NDJSON or Parquet file in it');
    if (!found.isFile()) throw refusal(file, 'is no regular file: write its rows to one');
    await access(file, constants.R_OK);
    return found.size;
  } catch (error) {
    throw refused(file, error);
  }
}

/** By the code of the file system: what is wrong, and what to do. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: put the file there or correct `source.path`',
  ENOTDIR: 'leads through something that is no folder: correct `source.path`',
  EACCES: 'may not be read by this user: give the worker permission to read it',
  EPERM: 'may not be read by this user: give the worker permission to read it',
  ELOOP: 'is a link that leads back to itself: correct `source.path`',
  ENAMETOOLONG: 'is longer than a path can be: correct `source.path`',
};

/** The failure as a person should read it, or as it came when it may pass by itself. */
export function refused(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const reason = reasons[String(error.code)];
  return reason === undefined ? error : refusal(file, reason, error);
}

function refusal(file: string, reason: string, cause?: unknown): PerennialError {
  return new PerennialError('invalid_data', `The source ${file} ${reason}.`, { path: 'source.path', cause });
}
