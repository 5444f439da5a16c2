import { titleOf } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { GateSpec } from '../spec/spec.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import { sideOf } from './compare-paired.ts';
import { absent, alphasOf, checkOf, holdAgainst, type GateCheck, type GateInput } from './gate-check.ts';
import { differenceOf } from './gate-samples.ts';
import { sayBound, sayDifference, sayVerdict } from './say-check.ts';

/** Fewer comparable rows than this say nothing about two models: such a check is `insufficient`. */
export const comparableRowsMin = 30;

/** The candidate against the champion, row by row on the test rows that the champion was not trained on. */
export function againstChampion(gate: Extract<GateSpec, { gate: 'noWorseThanChampion' }>, input: GateInput): GateCheck {
  const { metric, margin, alpha } = gate;
  const limit = margin === 0 ? 0 : -margin;
  const name = `${titleOf(metric)} against the champion`;
  if (input.champion === null)
    return absent(gate, limit, 0, `${name}: there is no champion yet, so nothing to compare.`);
  const rows = input.champion.labels.length;
  const later = laterOf(metric, input);
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

/** Whoever reads that a comparison is left open learns whether anything later makes it. */
function laterOf(metric: MetricName, { promotion }: GateInput): string {
  return promotion.metric === metric
    ? 'the rollout compares on live rows'
    : `the rollout compares ${titleOf(promotion.metric)} on live rows, and not this`;
}
