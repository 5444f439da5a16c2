import { expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { TestedArm } from './declared.ts';
import { harmAlpha, judgeArmHarm } from './judge-arm-harm.ts';

const arm = (name: string, failures: number, more: Partial<TestedArm> = {}): TestedArm => ({
  name,
  version: 1,
  weight: 1,
  assigned: 0,
  failures,
  stoppedSeq: null,
  why: null,
  ...more,
});

/** Whether any arm is stopped at any of 40 looks; each arm fails at its rate. */
function isAnyStopped(seed: string, rates: readonly number[]): boolean {
  const random = createRandom(seed);
  let arms = rates.map((_, at) => arm(at === 0 ? 'control' : `v${at}`, 0));
  for (let look = 0; look < 40; look++) {
    arms = arms.map((one, at) => {
      let { failures } = one;
      for (let unit = 0; unit < 50; unit++) if (random.next() < (rates[at] ?? 0)) failures += 1;
      return { ...one, failures };
    });
    if (judgeArmHarm(arms, 1.25).some(({ eValue, boundary }) => eValue >= boundary)) return true;
  }
  return false;
}

test('arms that fail as often as the control are stopped in at most harmAlpha of A/B tests', () => {
  const stopped = Array.from({ length: 200 }, (_, run) => isAnyStopped(`even ${run}`, [0.05, 0.05, 0.05, 0.05]));
  expect(stopped.filter(Boolean).length / stopped.length).toBeLessThanOrEqual(harmAlpha);
});

test('one that fails five times as often is always found', () => {
  for (let run = 0; run < 20; run++) expect(isAnyStopped(`harm ${run}`, [0.04, 0.04, 0.2])).toBe(true);
});

test('each arm has its own share of the error, and one that was stopped is judged no more', () => {
  const arms = [arm('control', 1), arm('v2', 30), arm('v3', 40, { stoppedSeq: 7 })];
  const judged = judgeArmHarm(arms, 1.25);
  expect(judged).toMatchObject([{ arm: 'v2', boundary: 2 / harmAlpha }]);
  expect(judged[0]?.eValue).toBeGreaterThan(2 / harmAlpha);
});
