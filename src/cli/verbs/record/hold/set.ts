import { commandAnswer } from '../../../../contracts/http/answers.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { reasonOf } from '../../control/freeze.ts';

export const holdSetVerb: Verb = {
  name: 'hold set',
  about: 'Legal hold: nothing of a model is removed, whatever its age, until it is released.',
  words: ['<model>'],
  flags: [...commandFlags],
  examples: ['perennial hold set fraud --reason "case 4711: keep all"'],
  run: (call) => tellWithReason(call, 'hold set', 'hold'),
};

/** Sends a command that is nothing but its reason, and says what was answered. */
export async function tellWithReason(call: Call, verb: string, path: string): Promise<void> {
  const [model = ''] = call.words;
  const reason = reasonOf(call, verb);
  const stack = await findStack(call.config);
  const answer = await request(commandAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/${path}`,
    token: stack.token,
    key: call.text('id'),
    body: { reason },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  call.out.json(answer);
}
