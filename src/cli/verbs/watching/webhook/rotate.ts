import { webhookRotated } from '../../../../contracts/http/webhooks.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const webhookRotateVerb: Verb = {
  name: 'webhook rotate',
  about: 'Give a webhook another secret; the one before stays valid for a while, and both sign.',
  words: ['<id|url>'],
  flags: [
    {
      name: 'overlap',
      kind: 'text',
      value: 'MINUTES',
      about: 'How long the secret before stays valid (default 1440, a day; at most 43200).',
    },
  ],
  examples: ['perennial webhook rotate <id>', 'perennial webhook rotate https://example.com/alerts --overlap 60'],
  run: rotate,
};

async function rotate(call: Call): Promise<void> {
  const [receiver = ''] = call.words;
  const overlap = call.text('overlap');
  if (overlap !== null && !/^\d{1,5}$/.test(overlap))
    throw new PerennialError('invalid_request', '--overlap must be a number of minutes.', { path: '--overlap' });
  const stack = await findStack(call.config);
  const body = overlap === null ? {} : { overlapMinutes: Number(overlap) };
  // An address is one that a definition names for its alerts; followers of the feed have an id.
  const isAddress = /^https?:/.test(receiver);
  const rotated = await request(webhookRotated, {
    method: 'POST',
    url: isAddress
      ? `${stack.controlUrl}/v1/alert-receivers/rotate`
      : `${stack.controlUrl}/v1/webhooks/${encodeURIComponent(receiver)}/rotate`,
    token: stack.token,
    body: isAddress ? { ...body, url: receiver } : body,
  });
  call.out.line(`The new secret, shown this once: ${rotated.secret}`);
  if (rotated.previousUntil !== null)
    call.out.line(`The one before is valid until ${rotated.previousUntil}; both sign until then.`);
  call.out.json(rotated);
}
