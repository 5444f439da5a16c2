import { webhookTested } from '../../../../contracts/http/webhooks.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const webhookTestVerb: Verb = {
  name: 'webhook test',
  about: 'Send one test event now.',
  words: ['<id>'],
  flags: [],
  examples: ['perennial webhook test <id>'],
  run: test,
};

async function test(call: Call): Promise<void> {
  const stack = await findStack(call.config);
  const tested = await request(webhookTested, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/webhooks/${encodeURIComponent(call.words[0] ?? '')}/test`,
    token: stack.token,
    body: {},
  });
  if (!tested.delivered)
    throw new PerennialError('unavailable', `The test event was not taken: ${tested.error ?? 'unknown'}.`, {
      hint: 'Look at the receiver, and at PERENNIAL_WEBHOOK_PRIVATE_HOSTS for a private address.',
    });
  call.out.line(`Taken in ${tested.tookMs} ms.`);
  call.out.json(tested);
}
