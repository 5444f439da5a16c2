import { titleOf } from '../metrics/metrics.ts';
import type { UndecidedComparison } from '../spec/closed-sets.ts';
import type { GateSpec } from '../spec/spec.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import { sideOf } from './compare-paired.ts';
import {
  absent,
  alphasOf,
  checkOf,
  hasChampion,
  holdAgainst,
  sayUncompared,
  type GateCheck,
  type GateInput,
  type GateKind,
} from './gate-check.ts';
import { differenceOf } from './gate-samples.ts';
import { sayBound, sayDifference, sayUndecided, sayVerdict } from './say-check.ts';

/** Fewer comparable rows than this say nothing about two models: such a check is `insufficient`. */
export const comparableRowsMin = 30;

type ChampionGate = Extract<GateSpec, { gate: 'noWorseThanChampion' }>;

/** The candidate against the champion, row by row on the test rows that the champion was not trained on. */
export const againstTheChampion: GateKind<ChampionGate> = {
  judge,
  leavesOpen: (gate, input) => !hasChampion(input) || actionOf(gate) === 'rollout',
};

function judge(gate: ChampionGate, input: GateInput): GateCheck {
  const { metric, margin, alpha } = gate;
  const limit = margin === 0 ? 0 : -margin;
  const name = `${titleOf(metric)} against the champion`;
  if (input.champion === null) return absent(gate, limit, 0, `${name}: ${sayUncompared(input)}.`);
  const rows = input.champion.labels.length;
  const later = laterOf(gate, input);
  if (rows < comparableRowsMin) {
    const few = `only ${sayMany(rows, 'test row')} that the champion was not trained on`;
    return absent(gate, limit, rows, `${name}: ${few}, ${comparableRowsMin} are needed; ${later}.`);
  }
  const sample = differenceOf(metric, sideOf(input.champion, 'challenger'), sideOf(input.champion, 'champion'));
  if (sample === null)
    return absent(gate, limit, rows, `${name} does not exist on ${sayMany(rows, 'comparable row')}; ${later}.`);
  const held = holdAgainst(sample, { value: limit, isStrict: false }, alphasOf(input, alpha));
  const verdict = sayVerdict(held, limit, 'comparable rows');
  const rest = { pass: '', fail: ', it is worse', insufficient: `; ${later}` }[held.verdict];
  const text =
    `${name} is ${sayDifference(held.estimate)} on ${sayMany(rows, 'comparable row')}, ` +
    `${sayBound(held, held.verdict === 'fail' ? 'at best' : 'at worst', sayDifference(held.bound))}; ` +
    `${sayNumber(margin)} worse is tolerated: ${verdict}${rest}.`;
  return { ...checkOf(gate, held, limit, rows), text };
}

function actionOf({ undecided = 'rollout' }: ChampionGate): UndecidedComparison {
  return undecided;
}

/** Whoever reads that a comparison is left open learns what comes of it. */
function laterOf(gate: ChampionGate, { promotion }: GateInput): string {
  const action = actionOf(gate);
  if (action !== 'rollout') return sayUndecided(action);
  return promotion.metric === gate.metric
    ? 'the rollout compares on live rows'
    : `the rollout compares ${titleOf(promotion.metric)} on live rows, and not this`;
}
