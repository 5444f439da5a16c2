import { abTestForecast, type AbTestForecastAnswer } from '../../../../contracts/http/ab-tests.ts';
import { abTestDefaults, daysMaxMost, sharePercentMax } from '../../../../domain/ab-test/declare-ab-test.ts';
import { sayCount, sayNumber } from '../../../../domain/words/say.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import { commandFlags, tell } from '../../../line/tell.ts';
import type { Call, Verb } from '../../../line/verb.ts';
import { reasonOf } from '../freeze.ts';

const text = (name: string, value: string, about: string) => ({ name, kind: 'text', value, about }) as const;

export const abTestStartVerb: Verb = {
  name: 'ab-test start',
  about: 'Begin an A/B test of the champion against other versions, after saying how long it takes.',
  words: ['<model>'],
  flags: [
    text('versions', 'N,N', 'Versions beside the champion, which is the control.'),
    text('metric', 'NAME', 'What counts: value, positiveRate, mean, or a metric that is one number per row.'),
    text('share', 'PERCENT', `Share of all entities, at most ${sharePercentMax} (${abTestDefaults.sharePercent}).`),
    text('better', 'higher|lower', 'Which is better, of positiveRate and mean.'),
    text('bounds', 'LOW,HIGH', 'Between what one outcome lies, where the metric does not say.'),
    text('units', 'N', 'Fixed horizon: one look, when every arm has so many entities with a known outcome.'),
    text('units-max', 'N', `Sequential: so many entities of all arms at most (${sayCount(abTestDefaults.unitsMax)}).`),
    text('alpha', 'P', `Error of all comparisons together (${abTestDefaults.alpha}).`),
    text('effect-min', 'X', `Smallest difference that matters (${abTestDefaults.effectMinShare} of the bounds).`),
    text('days', 'N', `Days after which it ends, at most ${daysMaxMost} (${abTestDefaults.daysMax}).`),
    { name: 'dry-run', kind: 'switch', about: 'Only say what it would be and how long it would take.' },
    ...commandFlags,
  ],
  examples: [
    'perennial ab-test start fraud --versions 7,8 --metric value --reason "which of them earns most"',
    'perennial ab-test start churn --versions 4 --metric positiveRate --better lower --dry-run',
  ],
  run: start,
};

async function start(call: Call): Promise<void> {
  const [model = ''] = call.words;
  const body = bodyOf(call);
  if (!call.isSet('dry-run')) reasonOf(call, 'ab-test start');
  const stack = await findStack(call.config);
  const plan = await request(abTestForecast, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/ab-test/plan`,
    token: stack.token,
    body,
  });
  for (const line of planLines(plan)) call.out.line(line);
  if (call.isSet('dry-run')) call.out.json(plan);
  else await tell(call, 'ab-test/start', body);
}

/** What it is with every default, then what it will see. */
function planLines({ model, control, declared, text: forecast }: AbTestForecastAnswer): readonly string[] {
  const { versions, sharePercent, metric, better, bounds, horizon, alpha, effectMin, daysMax } = declared;
  const ends =
    horizon.kind === 'fixed'
      ? `one look at ${sayCount(horizon.unitsPerArm)} units per arm`
      : `looks at any time, at most ${sayCount(horizon.unitsMax)} units`;
  return [
    `${model}: v${control} (control) against ${versions.map((version) => `v${version}`).join(', ')}`,
    `  share       ${sayNumber(sharePercent)} % of all entities, arms alike`,
    `  metric      ${metric}, ${better} is better, between ${sayNumber(bounds[0])} and ${sayNumber(bounds[1])}`,
    `  horizon     ${ends}, at most ${sayNumber(daysMax)} days`,
    `  alpha       ${sayNumber(alpha)}; differences below ${sayNumber(effectMin)} do not matter`,
    `  forecast    ${forecast}`,
  ];
}

function bodyOf(call: Call): Record<string, unknown> {
  const versions = numbersOf(call, 'versions');
  const metric = call.text('metric');
  if (versions === null) throw needs('--versions with the numbers of versions, such as 7,8', '--versions');
  if (metric === null) throw needs('--metric', '--metric');
  const better = call.text('better');
  const bounds = numbersOf(call, 'bounds');
  const given = {
    sharePercent: numberOf(call, 'share'),
    unitsPerArm: numberOf(call, 'units'),
    unitsMax: numberOf(call, 'units-max'),
    alpha: numberOf(call, 'alpha'),
    effectMin: numberOf(call, 'effect-min'),
    daysMax: numberOf(call, 'days'),
  };
  const named = Object.entries(given).filter(([, value]) => value !== null);
  return {
    versions,
    metric,
    ...(better === null ? {} : { better }),
    ...(bounds === null ? {} : { bounds }),
    ...Object.fromEntries(named),
  };
}

function numberOf(call: Call, flag: string): number | null {
  const found = numbersOf(call, flag);
  if (found === null) return null;
  const [value] = found;
  if (found.length !== 1 || value === undefined) throw needs(`--${flag} with one number`, `--${flag}`);
  return value;
}

/** Null where the flag is not given. */
function numbersOf(call: Call, flag: string): readonly number[] | null {
  const given = call.text(flag);
  if (given === null) return null;
  const numbers = given.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw needs(`--${flag} with numbers`, `--${flag}`);
}

function needs(what: string, path: string): PerennialError {
  return new PerennialError('invalid_request', `\`perennial ab-test start\` needs ${what}.`, {
    path,
    hint: '`perennial ab-test start --help` says what each flag takes.',
  });
}
