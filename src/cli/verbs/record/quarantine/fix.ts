import { commandAnswer } from '../../../../contracts/http/answers.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { fixByRepair } from './fix-by-repair.ts';
import { tellQuarantine } from './tell-quarantine.ts';
import { whereFlag, whereOf } from './where.ts';

export const quarantineFixVerb: Verb = {
  name: 'quarantine fix',
  about:
    'Write a cell of quarantined rows anew, which takes effect when they are replayed; or add a repair to the ' +
    'definition, whose next revision reads the source anew.',
  words: ['<snapshot>'],
  flags: [
    { name: 'set', kind: 'text', value: 'COLUMN=VALUE', about: 'The cell and its new text; no text empties it.' },
    whereFlag,
    { name: 'repair', kind: 'text', value: 'JSON', about: 'A repair, in place of --set and --where.' },
    { name: 'at', kind: 'text', value: 'N', about: 'Its place among the repairs, from 0; behind all by default.' },
    { name: 'dry-run', kind: 'switch', about: 'With --repair: only say which rows it would mend.' },
    ...commandFlags,
  ],
  examples: [
    'perennial quarantine fix 4be1c7d0 --set country=DE --where rule=country.values --reason "was Germany"',
    'perennial quarantine fix 4be1c7d0 --repair \'{"repair":"case","column":"country","to":"upper"}\' --dry-run',
  ],
  async run(call) {
    const repair = call.text('repair');
    if (repair !== null) return fixByRepair(call, repair);
    for (const name of ['at', 'dry-run'])
      if (name === 'at' ? call.text(name) !== null : call.isSet(name))
        throw new PerennialError('invalid_request', `--${name} goes with --repair.`, {
          path: `--${name}`,
          hint: 'See `perennial quarantine fix --help`.',
        });
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
