import { PerennialError } from '../../domain/words/errors.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

/** For `catch`: null where a file is not there; what cannot be read for a moment must not look like nothing. */
export function nullWhereAbsent(error: NodeJS.ErrnoException): null {
  if (isAbsent(error)) return null;
  throw new PerennialError('unavailable', `${error.path ?? 'The state folder'} cannot be read (${error.code}).`, {
    ...(error.path === undefined ? {} : { path: error.path }),
    cause: error,
  });
}
