import { liftAnswer } from '../../../../contracts/http/erasures.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { reasonOf } from '../../control/freeze.ts';

export const eraseLiftVerb: Verb = {
  name: 'erase lift',
  about: 'Let sources bring an erased entity back: readings take in its rows again.',
  words: ['<id>'],
  flags: [...commandFlags],
  examples: ['perennial erase lift 0b9c1e52-7f1b-4c39-9e0e-2a54d2a7a5b1 --reason "a customer again"'],
  run: lift,
};

async function lift(call: Call): Promise<void> {
  const [id = ''] = call.words;
  const reason = reasonOf(call, 'erase lift');
  const stack = await findStack(call.config);
  const answer = await request(liftAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/erasures/${encodeURIComponent(id)}/lift`,
    token: stack.token,
    key: call.text('id'),
    body: { reason },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  if (answer.sources.length > 1) for (const { text } of answer.sources) call.out.line(`  ${text}.`);
  if (answer.isMore) call.out.line('  Of further sources nothing is said here.');
  call.out.json(answer);
}
