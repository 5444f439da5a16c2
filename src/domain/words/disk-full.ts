import { PerennialError } from './errors.ts';

const codes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** True for an error of a disk without room, however deep: a smaller file may fit, any other error fails every size. */
export function isDiskFull(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && codes.includes(at.code)) return true;
  return false;
}

/** One sentence for it, worth a retry once somebody has made room. `what` was being written, `where` it would stand. */
export function diskFull(what: string, where: string, cause?: unknown): PerennialError {
  return new PerennialError('unavailable', `the disk is full: ${what} could not be written`, {
    path: where,
    hint: 'Make room on this disk; nothing was lost, and it is tried again.',
    cause,
  });
}
