import { webhookView } from '../../../../contracts/http/webhooks.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { fromFlag, fromOf } from './from.ts';

export const webhookReplayVerb: Verb = {
  name: 'webhook replay',
  about: 'Send again from an event on.',
  words: ['<id>'],
  flags: [fromFlag],
  examples: ['perennial webhook replay <id> --from 120'],
  run: replay,
};

async function replay(call: Call): Promise<void> {
  const [id = ''] = call.words;
  const from = fromOf(call);
  if (from === null)
    throw new PerennialError('invalid_request', '`perennial webhook replay` needs --from.', {
      path: '--from',
      hint: 'See `perennial webhook replay --help`.',
    });
  const stack = await findStack(call.config);
  const view = await request(webhookView, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/webhooks/${encodeURIComponent(id)}/replay`,
    token: stack.token,
    body: { from },
  });
  call.out.line(`${view.webhookId} goes on from place ${view.cursor + 1}.`);
  call.out.json(view);
}
