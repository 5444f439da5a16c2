import { auditList } from '../../../../contracts/http/audit.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const auditListVerb: Verb = {
  name: 'audit list',
  about: 'Who changed what, and why.',
  words: [],
  flags: [
    { name: 'model', kind: 'text', about: 'Rows of this model only.' },
    { name: 'type', kind: 'text', about: 'Rows of this type only, such as perennial.champion.moved.' },
    { name: 'before', kind: 'text', value: 'SEQ', about: 'Rows before this place.' },
    { name: 'limit', kind: 'text', value: 'N', about: 'At most so many rows (1 to 500, default 50).' },
  ],
  examples: ['perennial audit list --model fraud'],
  run: list,
};

async function list({ config, out, text }: Call): Promise<void> {
  const stack = await findStack(config);
  const query = new URLSearchParams();
  for (const name of ['model', 'type', 'before', 'limit']) {
    const value = text(name);
    if (value !== null) query.set(name, value);
  }
  const page = await request(auditList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/audit?${query.toString()}`,
    token: stack.token,
  });
  const rows = page.rows.map((row) => [
    String(row.seq),
    shortInstant(row.at),
    row.type.replace(/^perennial\./, ''),
    row.subject,
    row.actor,
    row.reason.replaceAll(/\s+/g, ' '),
  ]);
  for (const line of columns([['SEQ', 'AT (UTC)', 'TYPE', 'SUBJECT', 'BY', 'WHY'], ...rows])) out.line(line);
  if (page.next !== null) out.line(`Older: --before ${page.next}`);
  out.json(page);
}
