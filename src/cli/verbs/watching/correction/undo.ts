import { commandAnswer } from '../../../../contracts/http/answers.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { reasonOf } from '../../control/freeze.ts';

export const correctionUndoVerb: Verb = {
  name: 'correction undo',
  about: 'Put the correction before, or the named one of the champion, back and hold it: the watch changes it no more.',
  words: ['<model>'],
  flags: [
    {
      name: 'to',
      kind: 'text',
      value: 'DIGEST',
      about: 'A digest of `correction list` or its first 8 characters, or `identity` for none. Usually the one before.',
    },
    { name: 'dry-run', kind: 'switch', about: 'Say what would answer, and change nothing.' },
    ...commandFlags,
  ],
  examples: [
    'perennial correction undo fraud --reason "it was fitted on mislabelled cases" --dry-run',
    'perennial correction undo fraud --to identity --reason "answers as trained until the labels are mended"',
  ],
  async run(call) {
    const [model = ''] = call.words;
    const reason = reasonOf(call, 'correction undo');
    const to = call.text('to');
    const stack = await findStack(call.config);
    const answer = await request(commandAnswer, {
      method: 'POST',
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/correction/undo`,
      token: stack.token,
      key: call.text('id'),
      body: { ...(to === null ? {} : { to }), isDryRun: call.isSet('dry-run'), reason },
    });
    call.out.line(`${answer.model}: ${answer.text}.`);
    call.out.json(answer);
  },
};
