import { PerennialError } from '../../../../domain/words/errors.ts';
import type { Call, Flag } from '../../../line/verb.ts';

export const fromFlag: Flag = {
  name: 'from',
  kind: 'text',
  value: 'SEQ',
  about: 'Place of the first event to send; "now" for what happens from here on.',
};

/** What `--from` says; null when it is not there. Throws `invalid_request`. */
export function fromOf(call: Call): number | 'now' | null {
  const text = call.text('from');
  if (text === null || text === 'now') return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PerennialError('invalid_request', '--from must be a place in the feed, or "now".', {
    path: '--from',
    hint: 'See `perennial webhook --help`.',
  });
}
