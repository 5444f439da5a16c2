import { experimentList } from '../../../../contracts/http/trainers/experiments.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

/** The latest; older ones are asked for over HTTP. */
const listed = 50;

export const experimentListVerb: Verb = {
  name: 'experiment list',
  about: `The latest ${listed} experiments of a model, with the best candidate of each.`,
  words: ['<model>'],
  flags: [],
  examples: ['perennial experiment list fraud'],
  async run({ words: [model = ''], config, out }) {
    const stack = await findStack(config);
    const list = await request(experimentList, {
      method: 'GET',
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/experiments?limit=${listed}`,
      token: stack.token,
    });
    const head = ['NUMBER', 'STATE', 'BEGUN (UTC)', 'METRIC', 'BEST', 'WHY'];
    const rows = list.experiments.map((one) => [
      String(one.number),
      one.status,
      shortInstant(one.startedAt),
      one.metric,
      one.best ?? '-',
      one.reason,
    ]);
    if (rows.length === 0)
      out.line(`${model} has no experiment yet: \`perennial experiment ${model} --spec a.ts --spec b.ts\`.`);
    else for (const line of columns([head, ...rows])) out.line(line);
    out.json(list);
  },
};
