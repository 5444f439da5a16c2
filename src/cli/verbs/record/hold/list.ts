import { holdList } from '../../../../contracts/http/command-requests.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const holdListVerb: Verb = {
  name: 'hold list',
  about: 'Legal holds that stand: of which model, by whom, since when and why.',
  words: [],
  flags: [],
  examples: ['perennial hold list'],
  run: list,
};

async function list({ config, out }: Call): Promise<void> {
  const stack = await findStack(config);
  const { holds } = await request(holdList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/holds?limit=200`,
    token: stack.token,
  });
  const rows = holds.map(({ model, by, since, reason }) => [model, shortInstant(since), by, reason]);
  if (rows.length === 0) out.line('Nothing is held.');
  else for (const line of columns([['MODEL', 'SINCE', 'BY', 'REASON'], ...rows])) out.line(line);
  out.json(holds);
}
