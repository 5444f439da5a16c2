import { PerennialError } from '../../domain/words/errors.ts';

/** `3` or `v3` as a number. Throws `invalid_request` for what is none. */
export function versionNumber(given: string, model: string): number {
  const digits = given.replace(/^v/, '');
  if (/^[1-9]\d{0,8}$/.test(digits)) return Number(digits);
  throw new PerennialError('invalid_request', `"${given}" is no number of a version.`, {
    path: '<version>',
    hint: `Versions are listed by \`perennial history ${model}\`.`,
  });
}
