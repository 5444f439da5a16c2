import { quarantinePage } from '../../../../contracts/http/data/quarantine.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';
import { whereFlag, whereOf } from './where.ts';

/** Readings of datasets take turns. */
const limitMs = 120_000;

export const quarantineShowVerb: Verb = {
  name: 'quarantine show',
  about: 'Rows that a dataset set aside, as they came and as they were edited.',
  words: ['<snapshot>'],
  flags: [
    whereFlag,
    { name: 'after', kind: 'text', value: 'LINE', about: 'The page behind this line.' },
    { name: 'limit', kind: 'text', value: 'N', about: 'At most so many (1 to 200, default 50).' },
  ],
  examples: ['perennial quarantine show 4be1c7d0', 'perennial quarantine show 4be1c7d0 --where rule=amount.range'],
  async run({ words: [digest = ''], config, out, text }) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(whereOf(text('where')))) query.set(name, String(value));
    for (const name of ['after', 'limit']) {
      const value = text(name);
      if (value !== null) query.set(name, value);
    }
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/quarantine?${query.toString()}`;
    const page = await request(quarantinePage, { method: 'GET', url, token: stack.token, limitMs });
    if (page.settledBy !== null) out.line(`Revision ${page.settledBy} has read the source anew: nothing is open here.`);
    for (const { line, raw, edited, breaks, ruleIds, state } of page.rows) {
      out.line(`line ${line}, ${state}: ${ruleIds.join(', ')}`);
      out.line(`  ${raw}`);
      if (edited === null) continue;
      const still = breaks === null || breaks.length === 0 ? 'breaks no rule' : `still breaks ${breaks.join(', ')}`;
      out.line(`  now ${edited}, which ${still}`);
    }
    if (page.rows.length === 0) out.line('No such row was set aside.');
    if (page.nextLine !== null) out.line(`More: --after ${page.nextLine}`);
    out.json(page);
  },
};
