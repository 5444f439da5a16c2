import { delegationList } from '../../../../contracts/http/delegations.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const approvalListVerb: Verb = {
  name: 'approval list',
  about: 'Who may approve rollouts of a model in whose place, until when and why.',
  words: ['<model>'],
  flags: [],
  examples: ['perennial approval list fraud'],
  run: list,
};

async function list({ config, out, words }: Call): Promise<void> {
  const [model = ''] = words;
  const stack = await findStack(config);
  const { delegations } = await request(delegationList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/approval/delegations?limit=200`,
    token: stack.token,
  });
  const rows = delegations.map(({ from, to, until, reason }) => [to, from, shortInstant(until), reason]);
  if (rows.length === 0) out.line('Nobody approves in the place of another.');
  else for (const line of columns([['NAME', 'IN PLACE OF', 'UNTIL', 'REASON'], ...rows])) out.line(line);
  out.json(delegations);
}
