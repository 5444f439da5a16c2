import { alertList } from '../../../contracts/http/answers.ts';
import { alertView } from '../../../contracts/http/views.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { reasonOf } from '../control/freeze.ts';
import { request } from '../../../stack/request.ts';
import { reasonFlag } from '../../line/tell.ts';
import type { Call, Verb } from '../../line/verb.ts';

export const alertVerb: Verb = {
  name: 'alert',
  about: 'List alerts, or close one by hand: list, close <id>.',
  words: ['<list|close>', '[id]'],
  flags: [
    { name: 'model', kind: 'text', value: 'NAME', about: 'list: alerts of this model alone.' },
    { name: 'closed', kind: 'switch', about: 'list: also those that are closed.' },
    reasonFlag,
  ],
  examples: ['perennial alert list', 'perennial alert close 12 --reason "the feed was late; repaired"'],
  async run(call) {
    const [action = '', id] = call.words;
    if (action === 'list') return list(call);
    if (action === 'close' && id !== undefined && /^[1-9]\d{0,14}$/.test(id)) return close(call, id);
    throw new PerennialError(
      'invalid_request',
      '`perennial alert` takes `list`, or `close` and the number of an alert.',
      { path: action, hint: 'See `perennial alert --help`.' },
    );
  },
};

async function list({ config, out, text, isSet }: Call): Promise<void> {
  const stack = await findStack(config);
  const query = new URLSearchParams({ limit: '200', open: String(!isSet('closed')) });
  const model = text('model');
  if (model !== null) query.set('model', model);
  const { alerts } = await request(alertList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/alerts?${query.toString()}`,
    token: stack.token,
  });
  const rows = alerts.map((one) => [
    String(one.alertId),
    one.severity,
    one.model,
    shortInstant(one.openedAt),
    one.closedAt === null ? 'open' : 'closed',
    one.title,
  ]);
  if (rows.length === 0) out.line('Nothing rings.');
  else for (const line of columns([['ID', 'SEVERITY', 'MODEL', 'SINCE', 'STATE', 'TITLE'], ...rows])) out.line(line);
  out.json(alerts);
}

async function close(call: Call, id: string): Promise<void> {
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
