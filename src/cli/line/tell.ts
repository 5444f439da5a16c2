import { commandAnswer } from '../../contracts/http/answers.ts';
import { request } from '../../stack/request.ts';
import { findStack } from '../../stack/find-stack.ts';
import type { Call, Flag } from './verb.ts';

export const reasonFlag: Flag = {
  name: 'reason',
  kind: 'text',
  about: 'Why; kept with the command and shown in the history.',
};

/** What every command to a model takes. */
export const commandFlags: readonly Flag[] = [
  reasonFlag,
  {
    name: 'id',
    kind: 'text',
    value: 'KEY',
    about: 'Your own name for this command: sent again with the same one, nothing happens twice.',
  },
];

/** Sends one command to a model and says what it answered. */
export async function tell(
  call: Call,
  kind:
    | 'retrain'
    | 'approve'
    | 'abort'
    | 'rollback'
    | 'pause'
    | 'resume'
    | 'freeze'
    | 'thaw'
    | 'kill'
    | 'promote'
    | 'ab-test/start'
    | 'ab-test/stop'
    | 'approval/delegate'
    | 'approval/revoke'
    | 'training-allowances'
    | 'training-allowances/revoke',
  body: Record<string, unknown>,
): Promise<void> {
  const [model = ''] = call.words;
  const reason = call.text('reason');
  const stack = await findStack(call.config);
  const answer = await request(commandAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/${kind}`,
    token: stack.token,
    key: call.text('id'),
    body: { ...body, ...(reason === null ? {} : { reason }) },
  });
  call.out.line(`${answer.model}: ${answer.text}.`);
  if (answer.link !== null) call.out.line(`  ${answer.link}`);
  call.out.json(answer);
}
