import { alertView } from '../../../../contracts/http/views.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { reasonFlag } from '../../../line/tell.ts';
import { reasonOf } from '../../control/freeze.ts';

export const alertCloseVerb: Verb = {
  name: 'alert close',
  about: 'Close an alert by hand.',
  words: ['<id>'],
  flags: [reasonFlag],
  examples: ['perennial alert close 12 --reason "the feed was late; repaired"'],
  run: close,
};

async function close(call: Call): Promise<void> {
  const [id = ''] = call.words;
  if (!/^[1-9]\d{0,14}$/.test(id))
    throw new PerennialError('invalid_request', '`perennial alert close` takes the number of an alert.', {
      path: id,
      hint: '`perennial alert list` shows them.',
    });
  const reason = reasonOf(call, 'alert close');
  const stack = await findStack(call.config);
  const closed = await request(alertView, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/alerts/${id}/close`,
    token: stack.token,
    body: { reason },
  });
  call.out.line(`Closed ${closed.alertId}: ${closed.title}`);
  call.out.json(closed);
}
