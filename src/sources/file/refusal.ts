import { PerennialError } from '../../domain/words/errors.ts';

const correctPath = 'Correct `source.path`.';
const givePermission = 'Give the worker permission to read it.';

/** By the code of the file system: what is wrong, and what to do. */
const reasons: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  ENOENT: ['is not there', 'Put it there, or correct `source.path`.'],
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

export function refusal(file: string, reason: string, hint: string, cause?: unknown): PerennialError {
  return new PerennialError('invalid_data', `The source ${file} ${reason}.`, { path: 'source.path', hint, cause });
}
