import { featureViewList } from '../../../../contracts/http/data/feature-views.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const viewListVerb: Verb = {
  name: 'view list',
  about: 'Feature views, their current revision, and whom their rows are about.',
  words: [],
  flags: [
    { name: 'limit', kind: 'text', value: 'N', about: 'At most so many (1 to 200, default 50).' },
    { name: 'cursor', kind: 'text', value: 'TEXT', about: 'The page after the one that ended with it.' },
  ],
  examples: ['perennial view list'],
  async run({ config, out, text }) {
    const stack = await findStack(config);
    const query = new URLSearchParams();
    for (const name of ['limit', 'cursor']) {
      const value = text(name);
      if (value !== null) query.set(name, value);
    }
    const url = `${stack.controlUrl}/v1/views?${query.toString()}`;
    const page = await request(featureViewList, { method: 'GET', url, token: stack.token });
    const rows = page.views.map((one) => [
      one.view,
      String(one.revision),
      one.digest.slice(0, 12),
      one.owner,
      one.entity.join(', '),
      String(one.features.length),
      shortInstant(one.appliedAt),
    ]);
    const head = ['VIEW', 'REVISION', 'DIGEST', 'OWNER', 'ENTITY', 'FEATURES', 'APPLIED (UTC)'];
    for (const line of columns([head, ...rows])) out.line(line);
    if (page.next !== null) out.line(`More: --cursor ${page.next}`);
    out.json(page);
  },
};
