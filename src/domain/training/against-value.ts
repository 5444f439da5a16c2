import { titleOf } from '../metrics/metrics.ts';
import type { GateSpec } from '../spec/spec.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import { absent, alphasOf, alphaUsual, checkOf, holdAgainst, type GateCheck, type GateInput } from './gate-check.ts';
import { sampleOf } from './gate-samples.ts';
import { sayBound, sayVerdict } from './say-check.ts';

/** A metric of the candidate against a number. */
export function againstValue(gate: Extract<GateSpec, { gate: 'atLeast' | 'atMost' }>, input: GateInput): GateCheck {
  const { metric, value: limit } = gate;
  const rows = input.candidate.labels.length;
  const isLeast = gate.gate === 'atLeast';
  const asked = `${isLeast ? 'at least' : 'at most'} ${sayNumber(limit)} is asked`;
  const sign = isLeast ? 1 : -1;
  const sample = sampleOf(metric, input.candidate, sign);
  if (sample === null)
    return absent(gate, limit, rows, `${titleOf(metric)} does not exist on ${sayMany(rows, 'test row')} (${asked}).`);
  const held = holdAgainst(sample, { value: sign * limit, isStrict: false }, alphasOf(input, alphaUsual));
  const [value, bound] = [sign * held.estimate, sign * held.bound];
  const side = isLeast === (held.verdict !== 'fail') ? 'at least' : 'at most';
  const text =
    `${titleOf(metric)} is ${sayNumber(value)} on ${sayMany(rows, 'test row')}, ` +
    `${sayBound(held, side, sayNumber(bound))}; ${asked}: ${sayVerdict(held, sign * limit)}.`;
  return { ...checkOf(gate, held, limit, rows), value, bound, text };
}
