import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { checkTimeZone } from '../../domain/spec/spec-bounds.ts';

/** Throws `invalid_request` for a season that cannot be followed, before a file is tried. */
export function refuseForeignSeason({ season, eventTime }: ForeignSignature): void {
  if (season === undefined) return;
  if (eventTime === undefined)
    throw new PerennialError('invalid_request', 'A season needs the time of each row.', {
      path: 'signature.season',
      hint: 'Name the field with the time: eventTime.',
    });
  const [problem] = checkTimeZone('signature.season.timeZone', season.timeZone);
  if (problem !== undefined)
    throw new PerennialError('invalid_request', `${problem.message}.`, { path: problem.path, hint: problem.fix });
}
