import { webhookRemoved } from '../../../../contracts/http/webhooks.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const webhookRemoveVerb: Verb = {
  name: 'webhook remove',
  about: 'Send no more events there.',
  words: ['<id>'],
  flags: [],
  examples: ['perennial webhook remove <id>'],
  run: remove,
};

async function remove(call: Call): Promise<void> {
  const stack = await findStack(call.config);
  const removed = await request(webhookRemoved, {
    method: 'DELETE',
    url: `${stack.controlUrl}/v1/webhooks/${encodeURIComponent(call.words[0] ?? '')}`,
    token: stack.token,
  });
  call.out.line(`Removed ${removed.webhookId}.`);
  call.out.json(removed);
}
