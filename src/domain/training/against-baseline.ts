import { directionOf, titleOf, type Metrics } from '../metrics/metrics.ts';
import type { GateSpec } from '../spec/spec.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import { absent, alphasOf, alphaUsual, checkOf, holdAgainst, type GateCheck, type GateInput } from './gate-check.ts';
import { differenceOf, sampleOf } from './gate-samples.ts';
import { sayBound, sayDifference, sayVerdict } from './say-check.ts';

type BaselineGate = Extract<GateSpec, { gate: 'betterThanBaseline' }>;

/** The candidate against a baseline, row by row on the same test rows. */
export function againstBaseline(gate: BaselineGate, input: GateInput): GateCheck {
  const { metric, baseline, by } = gate;
  const rows = input.candidate.labels.length;
  const name = `${titleOf(metric)} against the ${baseline} baseline`;
  const theirs = input.baselines[baseline];
  if (theirs !== undefined && theirs.rows === null) return againstFigure(gate, input, theirs.metrics);
  const sample = theirs?.rows == null ? null : differenceOf(metric, input.candidate, theirs.rows);
  if (sample === null) return absent(gate, by, rows, `${name} cannot be compared on ${sayMany(rows, 'test row')}.`);
  // A tie is not "better": a candidate that says the same as the baseline has learnt nothing.
  const held = holdAgainst(sample, { value: by, isStrict: by <= 0 }, alphasOf(input, alphaUsual));
  const text =
    `${name} is ${sayDifference(held.estimate)} on ${sayMany(rows, 'test row')}, ` +
    `${sayBound(held, held.verdict === 'fail' ? 'at best' : 'at worst', sayDifference(held.bound))}; ` +
    `${askedOf(by)} is asked: ${sayVerdict(held, by)}.`;
  return { ...checkOf(gate, held, by, rows), text };
}

function askedOf(by: number): string {
  return by > 0 ? `at least ${sayNumber(by)} better` : 'better';
}

/** A file of an earlier release lacks the scores of baselines: their figures alone are held against each other. */
function againstFigure(gate: BaselineGate, input: GateInput, theirs: Metrics): GateCheck {
  const { metric, baseline, by } = gate;
  const rows = input.candidate.labels.length;
  const sign = directionOf(metric);
  const sample = sampleOf(metric, input.candidate, sign);
  const against = theirs[metric];
  const name = `${titleOf(metric)} against the ${baseline} baseline`;
  if (sample === null || against === undefined)
    return absent(gate, by, rows, `${name} cannot be compared on ${sayMany(rows, 'test row')}.`);
  const mine = sample.values.reduce((sum, value) => sum + value, 0) / rows;
  const value = mine - sign * against;
  const isMet = by > 0 ? value >= by : value > 0;
  const told = `${name} is ${sayNumber(sign * mine)} to ${sayNumber(against)} on ${sayMany(rows, 'test row')}`;
  const why = 'by the values alone, as this training kept no scores of its baselines';
  const text = `${told}, ${askedOf(by)} is asked: ${isMet ? 'met' : 'missed'}, ${why}.`;
  return { gate, verdict: isMet ? 'pass' : 'fail', value, bound: value, limit: by, rows, method: 'point', text };
}
