import { snapshotList } from '../../../../contracts/http/data/snapshots.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const snapshotListVerb: Verb = {
  name: 'snapshot list',
  about: 'Datasets of a model, latest first, and the versions that were trained on each.',
  words: ['<model>'],
  flags: [
    { name: 'limit', kind: 'text', value: 'N', about: 'At most so many (1 to 200, default 50).' },
    { name: 'cursor', kind: 'text', value: 'TEXT', about: 'The page after the one that ended with it.' },
  ],
  examples: ['perennial snapshot list fraud'],
  async run({ words: [model = ''], config, out, text }) {
    const stack = await findStack(config);
    const query = new URLSearchParams();
    for (const name of ['limit', 'cursor']) {
      const value = text(name);
      if (value !== null) query.set(name, value);
    }
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/snapshots?${query.toString()}`;
    const page = await request(snapshotList, { method: 'GET', url, token: stack.token });
    const rows = page.snapshots.map((one) => [
      one.digest.slice(0, 16),
      shortInstant(one.createdAt),
      one.kind,
      one.throughWindow === null ? '' : String(one.throughWindow),
      String(one.rows),
      String(one.quarantinedRows),
      one.filesRemovedAt === null ? one.versions.map((version) => `v${version}`).join(' ') : 'files given up',
    ]);
    const head = ['DIGEST', 'AT (UTC)', 'KIND', 'THROUGH WINDOW', 'ROWS', 'QUARANTINED', 'TRAINED'];
    for (const line of columns([head, ...rows])) out.line(line);
    if (page.next !== null) out.line(`Older: --cursor ${page.next}`);
    out.json(page);
  },
};
