import { PerennialError } from '../../../domain/words/errors.ts';
import { reasonOf } from './freeze.ts';
import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const promoteVerb: Verb = {
  name: 'promote',
  about: 'Make a version champion at once, without a rollout.',
  words: ['<model>'],
  flags: [
    { name: 'to', kind: 'text', value: 'N', about: 'Version number. A reason is required.' },
    {
      name: 'force',
      kind: 'switch',
      about: 'Also a version that its gate refused, or an experiment; the audit says so.',
    },
    {
      name: 'rollout',
      kind: 'switch',
      about: 'Begin another rollout of it, by the plan of the current definition, instead of moving the champion.',
    },
    ...commandFlags,
  ],
  examples: [
    'perennial promote fraud --to 5 --reason "agreed in the review"',
    'perennial promote fraud --to 5 --rollout --reason "with a longer deadline"',
    'perennial promote fraud --to 6 --force --reason "the gate lacks labels from SE"',
  ],
  async run(call) {
    const to = call.text('to')?.replace(/^v/, '') ?? '';
    if (!/^[1-9]\d{0,8}$/.test(to)) {
      throw new PerennialError('invalid_request', '`perennial promote` needs --to with a version number, such as 3.', {
        path: '--to',
        hint: 'Versions are listed by `perennial history <model>`.',
      });
    }
    reasonOf(call, 'promote');
    await tell(call, 'promote', {
      version: Number(to),
      force: call.isSet('force'),
      ...(call.isSet('rollout') ? { rollout: true } : {}),
    });
  },
};
