import { quarantineList } from '../../../../contracts/http/data/quarantine.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { sayMany } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const quarantineListVerb: Verb = {
  name: 'quarantine list',
  about: 'Datasets of a model that set rows aside, latest first, with what became of the rows.',
  words: ['<model>'],
  flags: [
    { name: 'limit', kind: 'text', value: 'N', about: 'At most so many (1 to 200, default 50).' },
    { name: 'cursor', kind: 'text', value: 'TEXT', about: 'The page after the one that ended with it.' },
  ],
  examples: ['perennial quarantine list fraud'],
  async run({ words: [model = ''], config, out, text }) {
    const stack = await findStack(config);
    const query = new URLSearchParams();
    for (const name of ['limit', 'cursor']) {
      const value = text(name);
      if (value !== null) query.set(name, value);
    }
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/quarantine?${query.toString()}`;
    const page = await request(quarantineList, { method: 'GET', url, token: stack.token });
    const head = ['SNAPSHOT', 'AT (UTC)', 'ROWS', 'OPEN', 'REPLAYED', 'DROPPED', 'SETTLED BY'];
    const rows = page.quarantines.map((one) => [
      one.digest.slice(0, 16),
      shortInstant(one.createdAt),
      ...[one.rows, one.open, one.replayed, one.dropped].map(String),
      one.settledBy === null ? '' : `revision ${one.settledBy}`,
    ]);
    for (const line of columns([head, ...rows])) out.line(line);
    const [latest] = page.quarantines;
    for (const { ruleId, rows: broken, line, about } of latest?.rules ?? [])
      out.line(`  ${ruleId}: ${sayMany(broken, 'row')}${line === null ? '' : `, first on line ${line}`} (${about})`);
    if (page.next !== null) out.line(`Older: --cursor ${page.next}`);
    out.json(page);
  },
};
