import { commandAnswer } from '../../../../contracts/http/answers.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { tellQuarantine } from './tell-quarantine.ts';
import { whereFlag, whereOf } from './where.ts';

export const quarantineFixVerb: Verb = {
  name: 'quarantine fix',
  about: 'Write a cell of quarantined rows anew, by rule or by line. It takes effect when they are replayed.',
  words: ['<snapshot>'],
  flags: [
    { name: 'set', kind: 'text', value: 'COLUMN=VALUE', about: 'The cell and its new text; no text empties it.' },
    whereFlag,
    ...commandFlags,
  ],
  examples: ['perennial quarantine fix 4be1c7d0 --set country=DE --where rule=country.values --reason "was Germany"'],
  async run(call) {
    const given = call.text('set') ?? '';
    const at = given.indexOf('=');
    if (at < 1)
      throw new PerennialError('invalid_request', '--set is a column and its new text: country=DE.', {
        path: '--set',
        hint: 'See `perennial quarantine fix --help`.',
      });
    const value = given.slice(at + 1);
    const set = { [given.slice(0, at)]: value === '' ? null : value };
    await tellQuarantine(call, 'fix', commandAnswer, { set, ...whereOf(call.text('where')) });
  },
};
