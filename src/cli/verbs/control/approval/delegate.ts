import { delegationDaysMax } from '../../../../contracts/http/delegations.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { commandFlags, tell } from '../../../line/tell.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { reasonOf } from '../freeze.ts';

export const approvalDelegateVerb: Verb = {
  name: 'approval delegate',
  about: 'Let another name approve rollouts of a model in your place, for some days.',
  words: ['<model>'],
  flags: [
    { name: 'to', kind: 'text', value: 'NAME', about: 'Name of the token that may. A reason is required.' },
    { name: 'days', kind: 'text', value: 'N', about: `Days until it ends by itself, at most ${delegationDaysMax}.` },
    ...commandFlags,
  ],
  examples: ['perennial approval delegate fraud --to eve --days 7 --reason "on holiday"'],
  async run(call) {
    const to = nameOf(call, 'delegate');
    const days = call.text('days') ?? '';
    if (!/^\d{1,2}(\.\d+)?$/.test(days))
      throw new PerennialError('invalid_request', '`perennial approval delegate` needs --days with a number.', {
        path: '--days',
        hint: `At most ${delegationDaysMax}.`,
      });
    reasonOf(call, 'approval delegate');
    await tell(call, 'approval/delegate', { to, days: Number(days) });
  },
};

/** The name of a token in `--to`. */
export function nameOf(call: Call, verb: string): string {
  const to = call.text('to');
  if (to === null)
    throw new PerennialError('invalid_request', `\`perennial approval ${verb}\` needs --to with the name of a token.`, {
      path: '--to',
      hint: 'Those that stand are listed by `perennial approval list <model>`.',
    });
  return to;
}
