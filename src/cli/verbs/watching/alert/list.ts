import { alertList } from '../../../../contracts/http/answers.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const alertListVerb: Verb = {
  name: 'alert list',
  about: 'What rings now.',
  words: [],
  flags: [
    { name: 'model', kind: 'text', value: 'NAME', about: 'Alerts of this model alone.' },
    { name: 'closed', kind: 'switch', about: 'Also those that are closed.' },
  ],
  examples: ['perennial alert list'],
  run: list,
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
