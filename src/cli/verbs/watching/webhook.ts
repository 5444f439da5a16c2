import {
  webhookList,
  webhookRemoved,
  webhookTested,
  webhookView,
  type WebhookView,
} from '../../../contracts/http/webhooks.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { nearestName } from '../../../domain/words/nearest-name.ts';
import { columns } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import type { Call, Verb } from '../../line/verb.ts';

const actions = { add: addOne, list: listAll, remove: removeOne, replay: replayOne, test: testOne } as const;

export const webhookVerb: Verb = {
  name: 'webhook',
  about: 'Send lifecycle events to other systems: add <url>, list, remove, replay or test <id>.',
  words: ['<add|list|remove|replay|test>', '[url|id]'],
  flags: [
    {
      name: 'models',
      kind: 'text',
      value: 'GLOB',
      about: 'add: models whose events are sent, such as "payments.*" (default "*").',
    },
    { name: 'types', kind: 'text', value: 'A,B', about: 'add: event types or their beginnings (default all).' },
    {
      name: 'from',
      kind: 'text',
      value: 'SEQ',
      about: 'add, replay: place of the first event to send; "now" for what happens from here on.',
    },
  ],
  examples: [
    'perennial webhook add https://example.com/hook --models "payments.*" --types perennial.alert,perennial.rollout',
    'perennial webhook list',
    'perennial webhook replay <id> --from 120',
    'perennial webhook test <id>',
  ],
  async run(call) {
    const [name = ''] = call.words;
    const action = Object.entries(actions).find(([known]) => known === name)?.[1];
    if (action !== undefined) return action(call);
    const close = nearestName(name, Object.keys(actions));
    throw misuse(`\`perennial webhook\` has no "${name}"${close === null ? '' : `; did you mean ${close}?`}`, name);
  },
};

async function addOne(call: Call): Promise<void> {
  const url = word(call, 'a URL');
  const types = call.text('types');
  const from = fromOf(call);
  const body = {
    url,
    models: call.text('models') ?? '*',
    ...(types === null ? {} : { types: types.split(',').map((type) => type.trim()) }),
    ...(from === null ? {} : { from }),
  };
  const stack = await findStack(call.config);
  const made = await request(webhookView, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/webhooks`,
    token: stack.token,
    body,
  });
  call.out.line(
    `Made ${made.webhookId}: events of ${made.models} go to ${made.url}, from place ${made.cursor + 1} on.`,
  );
  if (made.note !== null) call.out.line(made.note);
  call.out.json(made);
}

async function listAll(call: Call): Promise<void> {
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

async function removeOne(call: Call): Promise<void> {
  const stack = await findStack(call.config);
  const removed = await request(webhookRemoved, {
    method: 'DELETE',
    url: `${stack.controlUrl}/v1/webhooks/${encodeURIComponent(word(call, 'an id'))}`,
    token: stack.token,
  });
  call.out.line(`Removed ${removed.webhookId}.`);
  call.out.json(removed);
}

async function replayOne(call: Call): Promise<void> {
  const id = word(call, 'an id');
  const from = fromOf(call);
  if (from === null) throw misuse('`perennial webhook replay` needs --from', '--from');
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

async function testOne(call: Call): Promise<void> {
  const stack = await findStack(call.config);
  const tested = await request(webhookTested, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/webhooks/${encodeURIComponent(word(call, 'an id'))}/test`,
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

function stateOf(row: WebhookView): string {
  if (row.note !== null) return 'unsigned';
  return row.attempts === 0 ? 'well' : `${row.attempts} failed (${row.lastError ?? 'unknown'})`;
}

function fromOf(call: Call): number | 'now' | null {
  const text = call.text('from');
  if (text === null || text === 'now') return text;
  if (!/^\d{1,15}$/.test(text)) throw misuse('--from must be a place in the feed, or "now"', '--from');
  return Number(text);
}

function word({ words: [action = '', given] }: Call, what: string): string {
  if (given === undefined) throw misuse(`\`perennial webhook ${action}\` needs ${what}`, what);
  return given;
}

function misuse(sentence: string, path: string): PerennialError {
  return new PerennialError('invalid_request', `${sentence}.`, { path, hint: 'See `perennial webhook --help`.' });
}
