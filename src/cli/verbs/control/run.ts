import { commandAnswer } from '../../../contracts/http/answers.ts';
import { runStepList } from '../../../contracts/http/command-requests.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { columns, shortInstant } from '../../../domain/words/columns.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { reasonOf } from './freeze.ts';
import { request } from '../../../stack/request.ts';
import { commandFlags } from '../../line/tell.ts';
import type { Call, Verb } from '../../line/verb.ts';

export const runVerb: Verb = {
  name: 'run',
  about: 'Show the steps of a run, or start it again from before one: steps <id>, reset <id>.',
  words: ['<steps|reset>', '<id>'],
  flags: [
    {
      name: 'before',
      kind: 'text',
      value: 'EVENT',
      about: 'reset: event id of the step, as `steps` lists it. A reason is required.',
    },
    ...commandFlags,
  ],
  examples: [
    'perennial run steps train/fraud/3',
    'perennial run reset train/fraud/3 --before 16 --reason "the disk was full"',
  ],
  async run(call) {
    const [action = '', id = ''] = call.words;
    if (action === 'steps') return steps(call, id);
    if (action === 'reset') return reset(call, id);
    throw new PerennialError('invalid_request', '`perennial run` takes `steps` or `reset`, and the id of a run.', {
      path: action,
      hint: 'See `perennial run --help`.',
    });
  },
};

async function steps({ config, out }: Call, id: string): Promise<void> {
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

async function reset(call: Call, id: string): Promise<void> {
  const before = call.text('before') ?? '';
  if (!/^[1-9]\d{0,8}$/.test(before))
    throw new PerennialError('invalid_request', '`perennial run reset` needs --before with an event id.', {
      path: '--before',
      hint: `\`perennial run steps ${id}\` lists them.`,
    });
  const reason = reasonOf(call, 'run reset');
  const stack = await findStack(call.config);
  const url = `${stack.controlUrl}/v1/runs/${encodeURIComponent(id)}/reset`;
  const answer = await request(commandAnswer, {
    method: 'POST',
    url,
    token: stack.token,
    key: call.text('id'),
    body: { beforeEventId: Number(before), reason },
  });
  call.out.line(`${answer.text}.`);
  if (answer.link !== null) call.out.line(`  ${answer.link}`);
  call.out.json(answer);
}
