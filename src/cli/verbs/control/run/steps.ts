import { runStepList } from '../../../../contracts/http/command-requests.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const runStepsVerb: Verb = {
  name: 'run steps',
  about: 'The steps of a run, as Temporal has them.',
  words: ['<id>'],
  flags: [],
  examples: ['perennial run steps train/fraud/3'],
  run: steps,
};

async function steps({ config, out, words: [id = ''] }: Call): Promise<void> {
  const stack = await findStack(config);
  const list = await request(runStepList, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/runs/${encodeURIComponent(id)}/steps`,
    token: stack.token,
  });
  for (const line of columns([
    ['EVENT', 'AT', 'STEP'],
    ...list.steps.map((step) => [String(step.eventId), shortInstant(step.at), step.name]),
  ]))
    out.line(line);
  out.json(list);
}
