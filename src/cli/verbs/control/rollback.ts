import { PerennialError } from '../../../domain/words/errors.ts';
import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const rollbackVerb: Verb = {
  name: 'rollback',
  about: 'Move the champion back to the one before, or to a version that you name.',
  words: ['<model>'],
  flags: [
    {
      name: 'to',
      kind: 'text',
      value: 'N',
      about: 'Version number; without it the champion before this one. A reason is required.',
    },
    ...commandFlags,
  ],
  examples: [
    'perennial rollback fraud --reason "complaints since noon"',
    'perennial rollback fraud --to 3 --reason "v4 is wrong on SE"',
  ],
  async run(call) {
    const to = call.text('to')?.replace(/^v/, '') ?? null;
    if (to !== null && !/^[1-9]\d{0,8}$/.test(to)) {
      throw new PerennialError('invalid_request', '--to must be a version number, such as 3.', {
        path: '--to',
        hint: 'Versions are listed by `perennial history <model>`.',
      });
    }
    if ((call.text('reason') ?? '').trim() === '') {
      throw new PerennialError(
        'invalid_request',
        'A rollback needs --reason: whoever reads the history must know why.',
        { path: '--reason', hint: 'See `perennial rollback --help`.' },
      );
    }
    await tell(call, 'rollback', to === null ? {} : { toVersion: Number(to) });
  },
};
