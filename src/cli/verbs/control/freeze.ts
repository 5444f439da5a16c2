import { PerennialError } from '../../../domain/words/errors.ts';
import { commandAnswer } from '../../../contracts/http/answers.ts';
import { killAnswer } from '../../../contracts/http/command-requests.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import { commandFlags } from '../../line/tell.ts';
import type { Call, Flag, Verb } from '../../line/verb.ts';

/** One word where the API has two addresses: a model, or all of them. */
export const allFlag: Flag = { name: 'all', kind: 'switch', about: 'Every model; needs a token for all models.' };

export const freezeVerb: Verb = {
  name: 'freeze',
  about: 'No automatic change to a model until it is thawed: no training, no step of a rollout, no promotion.',
  words: ['[model]'],
  flags: [allFlag, ...commandFlags],
  examples: ['perennial freeze fraud --reason "month-end closing"', 'perennial freeze --all --reason "incident 4711"'],
  run: (call) => tellOneOrAll(call, 'freeze'),
};

/** Sends freeze, thaw or kill to one model or, with `--all`, to every one. */
export async function tellOneOrAll(call: Call, verb: 'freeze' | 'thaw' | 'kill'): Promise<void> {
  const [model] = call.words;
  const isAll = call.isSet('all');
  if ((model === undefined) !== isAll) {
    throw new PerennialError('invalid_request', `\`perennial ${verb}\` takes a model's name, or --all.`, {
      path: model === undefined ? 'model' : '--all',
      hint: `See \`perennial ${verb} --help\`.`,
    });
  }
  const reason = reasonOf(call, verb);
  const stack = await findStack(call.config);
  const url = isAll
    ? `${stack.controlUrl}/v1/${verb}`
    : `${stack.controlUrl}/v1/models/${encodeURIComponent(model ?? '')}/${verb}`;
  const ask = { method: 'POST', url, token: stack.token, key: call.text('id'), body: { reason } } as const;
  if (verb !== 'kill') {
    const answer = await request(commandAnswer, ask);
    call.out.line(`${isAll ? 'all models' : answer.model}: ${answer.text}.`);
    call.out.json(answer);
    return;
  }
  const answer = await request(killAnswer, ask);
  call.out.line(`${isAll ? 'all models' : answer.model}: ${answer.text}.`);
  if (isAll)
    for (const one of answer.models)
      call.out.line(`  ${one.model}: ${one.from === one.to ? one.why : `v${one.from} -> v${one.to} (${one.why})`}`);
  call.out.json(answer);
}

/** Asked for before anything is sent: whoever reads the history must know why. */
export function reasonOf(call: Call, verb: string): string {
  const reason = call.text('reason')?.trim() ?? '';
  if (reason !== '') return reason;
  throw new PerennialError(
    'invalid_request',
    `\`perennial ${verb}\` needs --reason: whoever reads the history must know why.`,
    { path: '--reason', hint: `See \`perennial ${verb} --help\`.` },
  );
}
