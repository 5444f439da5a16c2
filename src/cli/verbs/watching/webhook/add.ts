import { webhookAdded } from '../../../../contracts/http/webhooks.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { fromFlag, fromOf } from './from.ts';

export const webhookAddVerb: Verb = {
  name: 'webhook add',
  about: 'Send lifecycle events to a URL.',
  words: ['<url>'],
  flags: [
    {
      name: 'models',
      kind: 'text',
      value: 'GLOB',
      about: 'Models whose events are sent, such as "payments.*" (default "*").',
    },
    { name: 'types', kind: 'text', value: 'A,B', about: 'Event types or their beginnings (default all).' },
    fromFlag,
  ],
  examples: [
    'perennial webhook add https://example.com/hook --models "payments.*" --types perennial.alert,perennial.rollout',
  ],
  run: add,
};

async function add(call: Call): Promise<void> {
  const [url = ''] = call.words;
  const types = call.text('types');
  const from = fromOf(call);
  const body = {
    url,
    models: call.text('models') ?? '*',
    ...(types === null ? {} : { types: types.split(',').map((type) => type.trim()) }),
    ...(from === null ? {} : { from }),
  };
  const stack = await findStack(call.config);
  const made = await request(webhookAdded, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/webhooks`,
    token: stack.token,
    body,
  });
  call.out.line(
    `Made ${made.webhookId}: events of ${made.models} go to ${made.url}, from place ${made.cursor + 1} on.`,
  );
  call.out.line(`Its secret, shown this once: ${made.secret}`);
  if (made.note !== null) call.out.line(made.note);
  call.out.json(made);
}
