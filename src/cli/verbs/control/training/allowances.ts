import { allowanceList } from '../../../../contracts/http/training-allowances.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const trainingAllowancesVerb: Verb = {
  name: 'training allowances',
  about: 'Suspicions of leakage that people let go at every training of a model: who, and why.',
  words: ['<model>'],
  flags: [],
  examples: ['perennial training allowances fraud'],
  async run({ config, out, words: [model = ''] }) {
    const stack = await findStack(config);
    const { allowances } = await request(allowanceList, {
      method: 'GET',
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/training-allowances`,
      token: stack.token,
    });
    const rows = allowances.map(({ suspicion, by, since, reason }) => [suspicion, by, shortInstant(since), reason]);
    if (rows.length === 0) out.line('Nobody lets a suspicion go, beyond what the definition says.');
    else for (const line of columns([['SUSPICION', 'BY', 'SINCE (UTC)', 'REASON'], ...rows])) out.line(line);
    out.json({ model, allowances });
  },
};
