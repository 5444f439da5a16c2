import { abTestList } from '../../../../contracts/http/ab-tests.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const abTestListVerb: Verb = {
  name: 'ab-test list',
  about: 'A/B tests of a model, latest first.',
  words: ['<model>'],
  flags: [],
  examples: ['perennial ab-test list fraud'],
  run: list,
};

async function list({ config, out, words }: Call): Promise<void> {
  const [model = ''] = words;
  const stack = await findStack(config);
  const { abTests } = await request(abTestList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/ab-tests?limit=200`,
    token: stack.token,
  });
  const rows = abTests.map(({ number, status, ending, declared, arms, startedAt, why }) => [
    String(number),
    ending ?? status,
    arms.map(({ version }) => `v${version}`).join(' '),
    declared.metric,
    shortInstant(startedAt),
    why,
  ]);
  if (rows.length === 0) out.line(`${model} has had no A/B test.`);
  else for (const line of columns([['NUMBER', 'STATE', 'ARMS', 'METRIC', 'SINCE', 'WHY'], ...rows])) out.line(line);
  out.json(abTests);
}
