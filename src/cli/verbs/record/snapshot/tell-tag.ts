import { commandAnswer } from '../../../../contracts/http/answers.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Call, Flag } from '../../../line/verb.ts';

/** Whose tag it is, or who subscribes. */
export const modelFlags: readonly Flag[] = [
  { name: 'model', kind: 'text', value: 'MODEL', about: 'The model that it is of.' },
  ...commandFlags,
];

/** Throws `invalid_request` where `--model` is missing. */
export function modelOf(call: Call, verb: string): string {
  const model = call.text('model');
  if (model !== null) return model;
  throw new PerennialError('invalid_request', `\`perennial ${verb}\` needs --model.`, {
    path: '--model',
    hint: `See \`perennial ${verb} --help\`.`,
  });
}

/** Sends a command about names of snapshots to a model and says what it answered. `path` is in the form of a URL. */
export async function tellTag(call: Call, model: string, path: string, body: Record<string, unknown>): Promise<void> {
  const reason = call.text('reason');
  const stack = await findStack(call.config);
  const answer = await request(commandAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/${path}`,
    token: stack.token,
    key: call.text('id'),
    body: { ...body, ...(reason === null ? {} : { reason }) },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  call.out.json(answer);
}
