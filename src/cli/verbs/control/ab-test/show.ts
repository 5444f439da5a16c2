import { abTestList, abTestView, type AbTestView } from '../../../../contracts/http/ab-tests.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { sayCount, sayNumber, sayShare } from '../../../../domain/words/say.ts';
import { findStack, type Stack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const abTestShowVerb: Verb = {
  name: 'ab-test show',
  about: 'An A/B test as its last look found it: the latest, or the one of a number.',
  words: ['<model>', '[number]'],
  flags: [],
  examples: ['perennial ab-test show fraud', 'perennial ab-test show fraud 2'],
  run: show,
};

async function show({ config, out, words }: Call): Promise<void> {
  const [model = '', number] = words;
  const stack = await findStack(config);
  const found = await find(stack, model, number);
  out.line(`A/B test ${found.number} of ${model}: ${found.ending ?? found.status}`);
  out.line(`  ${found.text}`);
  for (const line of columns([header, ...found.arms.map(rowOf)])) out.line(`  ${line}`);
  const { metric, better } = found.declared;
  out.line(`  ${metric}, ${better} is better; differences from the control, positive is better`);
  if (found.maturity !== null) out.line(`  ${found.maturity}`);
  out.line(
    `  begun ${found.begunAt === null ? 'not yet' : shortInstant(found.begunAt)}, ` +
      (found.endedAt === null ? `ends by ${shortInstant(found.deadlineAt)}` : `ended ${shortInstant(found.endedAt)}`),
  );
  out.json(found);
}

async function find(stack: Stack, model: string, number: string | undefined): Promise<AbTestView> {
  const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/ab-tests`;
  const ask = { method: 'GET', token: stack.token } as const;
  if (number !== undefined) return request(abTestView, { ...ask, url: `${url}/${encodeURIComponent(number)}` });
  const [latest] = (await request(abTestList, { ...ask, url: `${url}?limit=1` })).abTests;
  if (latest !== undefined) return latest;
  throw new PerennialError('not_found', `${model} has had no A/B test.`, {
    path: model,
    hint: 'Begin one with `perennial ab-test start`.',
  });
}

const header = ['ARM', 'VERSION', 'ENTITIES', 'FAILED', 'UNITS', 'MEAN', 'DIFFERENCE', 'INTERVAL', 'VARIANCE CUT', ''];

type Arm = AbTestView['arms'][number];

function rowOf(arm: Arm): readonly string[] {
  const say = (value: number | null): string => (value === null ? '-' : sayNumber(value));
  return [
    arm.arm,
    `v${arm.version}`,
    sayCount(arm.assigned),
    sayCount(arm.failures),
    sayCount(arm.units),
    say(arm.mean),
    say(arm.difference),
    arm.lower === null || arm.upper === null ? '-' : `${say(arm.lower)} to ${say(arm.upper)}`,
    arm.varianceCut === null ? '-' : sayShare(arm.varianceCut),
    arm.stopped === null ? (arm.verdict ?? '') : 'stopped',
  ];
}
