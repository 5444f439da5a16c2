import { erasureList } from '../../../../contracts/http/erasures.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { sayStatus } from './show.ts';

export const eraseListVerb: Verb = {
  name: 'erase list',
  about: 'The newest 200 erasures: where, by whom, when and why. None says whom it was about.',
  words: [],
  flags: [],
  examples: ['perennial erase list'],
  run: list,
};

async function list({ config, out }: Call): Promise<void> {
  const stack = await findStack(config);
  const { erasures } = await request(erasureList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/erasures?limit=200`,
    token: stack.token,
  });
  const rows = erasures.map((one) => [
    one.erasureId,
    `${one.scope} ${one.name}`,
    sayStatus(one),
    shortInstant(one.startedAt),
    one.by,
    one.reason,
  ]);
  if (rows.length === 0) out.line('Nothing was erased.');
  else for (const line of columns([['ID', 'WHERE', 'STATUS', 'BEGAN', 'BY', 'REASON'], ...rows])) out.line(line);
  out.json(erasures);
}
