import { describe, expect, test } from 'vitest';
import { logistic, pairedRowsOf, type PairedDraw } from '../../../tests/worlds/paired-world.ts';
import { scoreRows } from '../metrics/score-rows.ts';
import type { GateSpec } from '../spec/spec.ts';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import { sideOf } from './compare-paired.ts';
import type { CheckVerdict } from './gate-check.ts';
import { judgeGate } from './judge-gate.ts';

const rows = 100;
const runs = 200;

/** How often a gate says this of trainings whose test rows are drawn so; the long form is `npm run bench:judgement`. */
function countOf(gate: GateSpec, verdict: CheckVerdict, draw: (random: Random) => PairedDraw): number {
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const random = createRandom(`gate ${run}`);
    const champion = pairedRowsOf(rows, () => draw(random));
    const candidate = sideOf(champion, 'challenger');
    const prior = { ...candidate, scores: new Float64Array(2 * rows).fill(0.5) };
    const baselines = { prior: { metrics: scoreRows(prior), rows: prior } };
    const judged = judgeGate({ gates: [gate], candidate, baselines, champion, promotion: { metric: 'logLoss' } });
    if (judged.checks[0]?.verdict === verdict) found++;
  }
  return found;
}

/** Log-odds of a row, its label, and what a model with this much noise says. */
function rowOf(random: Random, noise: number): PairedDraw {
  const truth = 1.5 * random.normal() - 1;
  const label = random.next() < logistic(truth) ? 1 : 0;
  return { label, champion: truth + 0.35 * random.normal(), challenger: truth + noise * random.normal() };
}

const against: GateSpec = { gate: 'noWorseThanChampion', metric: 'logLoss', margin: 0.02, alpha: 0.05 };
// 5 % of 200 are 10; a rate of 5 % gives more than 20 once in a thousand seeds.
const likely = 20;

describe('the error of a gate at 100 test rows', () => {
  test('equal to the champion, or worse by the margin because it is sometimes sure and wrong', () => {
    const surer = (random: Random): PairedDraw => {
      const row = rowOf(random, 0.35);
      return { ...row, challenger: random.next() < 0.007 ? (random.next() < 0.5 ? 40 : -40) : row.champion };
    };
    expect(countOf(against, 'pass', surer)).toBeLessThanOrEqual(likely);
    expect(countOf(against, 'fail', (random) => rowOf(random, 0.35))).toBeLessThanOrEqual(likely);
  });
  test('useless, and still better than the prior', () => {
    const gate: GateSpec = { gate: 'betterThanBaseline', baseline: 'prior', metric: 'auroc', by: 0 };
    const useless = (random: Random): PairedDraw => ({ ...rowOf(random, 0), challenger: random.normal() });
    expect(countOf(gate, 'pass', useless)).toBeLessThanOrEqual(likely);
    // One that knows something is not kept waiting.
    expect(countOf(gate, 'pass', (random) => rowOf(random, 0.35))).toBeGreaterThan(runs * 0.9);
  });
  test('an AUROC of .75, and still at least .8', () => {
    const gate: GateSpec = { gate: 'atLeast', metric: 'auroc', value: 0.8 };
    expect(countOf(gate, 'pass', (random) => rowOf(random, 1.1))).toBeLessThanOrEqual(likely);
    expect(countOf({ ...gate, value: 0.75 }, 'fail', (random) => rowOf(random, 1.1))).toBeLessThanOrEqual(likely);
  });
});
