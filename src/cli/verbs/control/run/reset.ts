import { commandAnswer } from '../../../../contracts/http/answers.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { commandFlags } from '../../../line/tell.ts';
import { reasonOf } from '../freeze.ts';

export const runResetVerb: Verb = {
  name: 'run reset',
  about: 'Start a run again from before one of its steps.',
  words: ['<id>'],
  flags: [
    { name: 'before', kind: 'text', value: 'EVENT', about: 'Event id of the step, as `run steps` lists it.' },
    ...commandFlags,
  ],
  examples: ['perennial run reset train/fraud/3 --before 16 --reason "the disk was full"'],
  run: reset,
};

async function reset(call: Call): Promise<void> {
  const [id = ''] = call.words;
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
