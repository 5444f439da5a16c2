import { webhookList, type WebhookView } from '../../../../contracts/http/webhooks.ts';
import { columns } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const webhookListVerb: Verb = {
  name: 'webhook list',
  about: 'Who follows the events, and how far behind each is.',
  words: [],
  flags: [],
  examples: ['perennial webhook list'],
  run: list,
};

async function list(call: Call): Promise<void> {
  const stack = await findStack(call.config);
  const { webhooks } = await request(webhookList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/webhooks`,
    token: stack.token,
  });
  if (webhooks.length === 0) call.out.line('Nobody follows yet: `perennial webhook add <url>`.');
  else
    for (const line of columns([
      ['ID', 'MODELS', 'BEHIND', 'STATE', 'URL'],
      ...webhooks.map((row) => [row.webhookId, row.models, String(row.behind), stateOf(row), row.url]),
    ]))
      call.out.line(line);
  call.out.json(webhooks);
}

function stateOf(row: WebhookView): string {
  if (row.note !== null) return 'unsigned';
  return row.attempts === 0 ? 'well' : `${row.attempts} failed (${row.lastError ?? 'unknown'})`;
}
