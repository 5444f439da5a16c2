import { commandFlags, tell } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { reasonOf } from '../freeze.ts';
import { nameOf } from './delegate.ts';

export const approvalRevokeVerb: Verb = {
  name: 'approval revoke',
  about: 'Take back that another name approves in your place; what it has approved stays so.',
  words: ['<model>'],
  flags: [
    { name: 'to', kind: 'text', value: 'NAME', about: 'To whom it was handed. A reason is required.' },
    { name: 'from', kind: 'text', value: 'NAME', about: 'Who handed it on, if it was not you (admins only).' },
    ...commandFlags,
  ],
  examples: ['perennial approval revoke fraud --to eve --reason "back again"'],
  async run(call) {
    const from = call.text('from');
    const to = nameOf(call, 'revoke');
    reasonOf(call, 'approval revoke');
    await tell(call, 'approval/revoke', { to, ...(from === null ? {} : { from }) });
  },
};
