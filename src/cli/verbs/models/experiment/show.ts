import { experimentView, type ExperimentView } from '../../../../contracts/http/trainers/experiments.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack, type Stack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';
import { linesOfExperiment } from './tell-experiment.ts';

export const experimentShowVerb: Verb = {
  name: 'experiment show',
  about: 'One experiment: its candidates, the best first, and what is proven of them.',
  words: ['<model>', '<number>'],
  flags: [],
  examples: ['perennial experiment show fraud 3', 'perennial experiment show fraud 3 --json'],
  async run({ words: [model = '', number = ''], config, out }) {
    if (!/^[1-9]\d{0,8}$/.test(number))
      throw new PerennialError('invalid_request', `"${number}" is no number of an experiment.`, {
        path: '<number>',
        hint: `\`perennial experiment list ${model}\` shows those that there are.`,
      });
    const view = await askExperiment(await findStack(config), model, Number(number));
    for (const line of linesOfExperiment(view)) out.line(line);
    out.json(view);
  },
};

/** As it stands now. */
export function askExperiment(stack: Stack, model: string, number: number): Promise<ExperimentView> {
  return request(experimentView, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/experiments/${number}`,
    token: stack.token,
  });
}
