import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import { addUnits, startAbTest } from './add-units.ts';
import type { AbTestJudgement, AbTestPlan, AbTestUnit } from './ab-test.ts';
import { judgeAbTest } from './judge-ab-test.ts';
import { planAbTest } from './plan-ab-test.ts';

const two = [
  { arm: 'A', weight: 1 },
  { arm: 'B', weight: 1 },
];
const three = [...two, { arm: 'C', weight: 1 }];
const plan: AbTestPlan = {
  metric: 'positiveRate',
  direction: 'higher',
  bounds: [0, 1],
  horizon: { kind: 'sequential', unitsMax: 4_000 },
  alpha: 0.05,
  effectMin: 0.05,
};
const fixed = (unitsPerArm: number): AbTestPlan => ({ ...plan, horizon: { kind: 'fixed', unitsPerArm } });

interface Told {
  readonly plan?: AbTestPlan;
  readonly arms?: typeof two;
  readonly units?: number;
  readonly draw: (random: Random, arm: string) => number;
  readonly covariate?: (outcome: number, random: Random, arm: string) => number | null;
}

/** Looks every 200 units until it decides. */
function play(seed: string, told: Told): AbTestJudgement {
  const { arms = two, units = 4_000, draw, covariate = () => null } = told;
  const asked = told.plan ?? plan;
  const random = createRandom(seed);
  let state = startAbTest(arms);
  const exposure = arms.map(({ arm }) => ({ arm, assigned: 0 }));
  let judged = judgeAbTest(asked, state, exposure);
  for (let look = 1; look <= units / 200 && judged.verdict === 'running'; look++) {
    const batch = Array.from({ length: 200 }, (): AbTestUnit => {
      const place = random.integer(arms.length);
      const seen = exposure[place];
      if (seen !== undefined) seen.assigned++;
      const arm = seen?.arm ?? '';
      const outcome = draw(random, arm);
      return { arm, outcome, covariate: covariate(outcome, random, arm) };
    });
    state = addUnits(state, asked, batch);
    judged = judgeAbTest(asked, state, exposure, look === units / 200);
  }
  return judged;
}

const hit = (share: (arm: string) => number) => (random: Random, arm: string) => (random.next() < share(arm) ? 1 : 0);

describe('what is proven', () => {
  test('arms that are alike are called different in at most alpha of A/B tests, over all looks', () => {
    const draw = hit(() => 0.3);
    const isFalse = ({ arms }: AbTestJudgement) =>
      arms.some(({ verdict }) => verdict === 'better' || verdict === 'worse');
    // One look spends all of alpha: of 120 A/B tests, three standard deviations more than 6.
    for (const [asked, most] of [
      [plan, 6],
      [fixed(1_200), 13],
    ] as const) {
      const wrong = Array.from({ length: 120 }, (_, run) => play(`alike ${run}`, { plan: asked, arms: three, draw }));
      expect(wrong.filter(isFalse).length).toBeLessThanOrEqual(most);
    }
  });

  test('an arm that is better wins, with its error said', () => {
    const judged = play('better', { draw: hit((arm) => (arm === 'B' ? 0.45 : 0.3)) });
    expect(judged).toMatchObject({ verdict: 'winner', winner: 'B', arms: [{ arm: 'B', verdict: 'better' }] });
    expect(judged.text).toContain('"B" wins: it is better than "A".');
    expect(judged.text).toContain('In at most 5 % of such A/B tests');
    expect(judged.arms[0]?.lower).toBeGreaterThan(0);
  });

  test('where less is better, less wins', () => {
    const draw = hit((arm) => (arm === 'B' ? 0.3 : 0.45));
    expect(play('less', { plan: { ...plan, direction: 'lower' }, draw })).toMatchObject({ winner: 'B' });
    expect(play('less', { draw })).toMatchObject({ verdict: 'winner', winner: 'A', arms: [{ verdict: 'worse' }] });
  });

  test('of two that are better, one wins before the end only when the other cannot be better still', () => {
    const open = play('both', { arms: three, draw: hit((arm) => (arm === 'A' ? 0.2 : 0.5)), units: 1_200 });
    expect(open).toMatchObject({ verdict: 'winner', arms: [{ verdict: 'better' }, { verdict: 'better' }] });
    expect(open.text).toContain('with the largest difference; that it is better than "');
    const clear = play('clear', { arms: three, draw: hit((arm) => ({ A: 0.1, B: 0.4 })[arm] ?? 0.7) });
    expect(clear).toMatchObject({ verdict: 'winner', winner: 'C' });
    expect(clear.text).toContain('no arm is better than it by 0.05 or more');
  });

  test('no difference is proven, not assumed', () => {
    const draw = hit(() => 0.02);
    const asked = { ...plan, horizon: { kind: 'sequential', unitsMax: 4_000 } as const };
    expect(play('none', { plan: asked, draw })).toMatchObject({ verdict: 'no-difference', winner: null });
    const judged = play('few', { plan: asked, draw, units: 200 });
    expect(judged).toMatchObject({ verdict: 'undecided', arms: [{ verdict: 'open' }] });
    expect(judged.text).toContain('there were too few units for 0.05');
  });
});

describe('a fixed horizon', () => {
  test('compares nothing before it, and once', () => {
    const draw = hit((arm) => (arm === 'B' ? 0.45 : 0.3));
    const before = play('fixed', { plan: fixed(1_000), draw, units: 1_000 });
    expect(before).toMatchObject({ verdict: 'winner', progress: expect.any(Number) });
    const state = addUnits(startAbTest(two), plan, [{ arm: 'A', outcome: 1, covariate: null }]);
    const early = judgeAbTest(fixed(10), state, []);
    expect(early).toMatchObject({ verdict: 'running', arms: [{ difference: null, lower: null, verdict: 'open' }] });
    expect(early.text).toContain('nothing is compared before it');
  });
});

describe('covariates', () => {
  test('take variance away, and find sooner; missing ones and NaN change no verdict', () => {
    const draw = (random: Random, arm: string) =>
      Math.min(1, Math.max(0, 0.5 + 0.15 * random.normal() + (arm === 'B' ? 0.03 : 0)));
    // Known before the arm was chosen: it has nothing of what the arm adds.
    const known = (outcome: number, random: Random, arm: string) =>
      outcome - (arm === 'B' ? 0.03 : 0) + 0.05 * random.normal();
    const told = { plan: { ...plan, effectMin: 0.01 }, draw, units: 1_600 };
    const without = play('score', told);
    const withScore = play('score', { ...told, covariate: known });
    expect(without.arms[0]).toMatchObject({ verdict: 'open' });
    expect(withScore.arms[0]).toMatchObject({ verdict: 'better' });
    expect(withScore.arms[0]?.varianceCut).toBeGreaterThan(0.7);
    expect(withScore.text).toContain('The covariate took away up to');
    expect(play('score', { ...told, covariate: () => Number.NaN })).toEqual(without);
  });
});

describe('units', () => {
  const unit = (arm: string, outcome: number): AbTestUnit => ({ arm, outcome, covariate: null });

  test('in one batch or in many, kept as JSON between them, give the same state', () => {
    const random = createRandom('batches');
    const units = Array.from({ length: 60 }, () => ({
      ...unit(random.next() < 0.5 ? 'A' : 'B', random.next()),
      covariate: random.next(),
    }));
    const whole = addUnits(startAbTest(two), plan, units);
    const first = addUnits(startAbTest(two), plan, units.slice(0, 25));
    expect(addUnits(JSON.parse(JSON.stringify(first)), plan, units.slice(25))).toEqual(whole);
    expect(JSON.stringify(addUnits(whole, plan, units)).length).toBeLessThan(2_000);
  });

  test('are clipped to the bounds; no outcome, and no such arm, are faults', () => {
    const state = addUnits(startAbTest(two), plan, [unit('A', 7), unit('B', -Infinity)]);
    expect(judgeAbTest(plan, state, [])).toMatchObject({ control: { mean: 1 }, arms: [{ mean: 0 }] });
    expect(() => addUnits(state, plan, [unit('A', Number.NaN)])).toThrow('no outcome');
    expect(() => addUnits(state, plan, [unit('D', 1)])).toThrow('no arm "D"');
  });

  test('that do not come in the shares of the weights, or lose their outcomes, are said before anything else', () => {
    const exposure = [
      { arm: 'A', assigned: 1_000 },
      { arm: 'B', assigned: 1_300 },
    ];
    const judged = judgeAbTest(plan, startAbTest(two), exposure);
    expect(judged).toMatchObject({ verdict: 'broken-assignment', arms: [{ difference: null, verdict: 'open' }] });
    expect(judged.text).toContain('do not come in the shares of the weights');
    const outcomes = [
      ...Array.from({ length: 700 }, () => unit('A', 0)),
      ...Array.from({ length: 500 }, () => unit('B', 1)),
    ];
    const even = exposure.map((one) => ({ ...one, assigned: 1_000 }));
    expect(judgeAbTest(plan, addUnits(startAbTest(two), plan, outcomes), even).verdict).toBe('broken-assignment');
    expect(judgeAbTest(plan, startAbTest(two), even).verdict).toBe('running');
  });
});

describe('a forecast', () => {
  test('says units, days and what the horizon sees', () => {
    const forecast = planAbTest(plan, { variance: 0.21 }, 500, two);
    expect(forecast.unitsNeeded).toBeGreaterThan(4_000);
    expect(forecast.daysNeeded).toBeCloseTo((forecast.unitsNeeded ?? 0) / 500, 6);
    expect(forecast.detectableDifference).toBeGreaterThan(0.05);
    expect(forecast.text).toContain('It is planned for fewer');
    const covered = planAbTest(plan, { variance: 0.21, varianceCut: 0.6 }, 500, two);
    expect(covered.unitsNeeded).toBeLessThan(0.5 * (forecast.unitsNeeded ?? 0));
    expect(covered.text).not.toContain('It is planned for fewer');
    // The textbook: (1.96 + 0.84)^2 * 2 * 0.21 / 0.05^2 = 1,319 units an arm.
    expect(planAbTest(fixed(1_000), { variance: 0.21 }, 0, two)).toMatchObject({ daysNeeded: null });
    expect(planAbTest(fixed(1_000), { variance: 0.21 }, 0, two).unitsPerArmNeeded).toBeGreaterThan(1_300);
    expect(planAbTest(fixed(1_000), { variance: 0.21 }, 0, two).unitsPerArmNeeded).toBeLessThan(1_350);
  });

  test('a difference of nothing needs more units than there are', () => {
    const forecast = planAbTest({ ...plan, effectMin: 1e-7 }, { variance: 0.21 }, 500, two);
    expect(forecast).toMatchObject({ unitsNeeded: null, unitsPerArmNeeded: null, daysNeeded: null });
    expect(forecast.text).toContain('no number of units');
  });
});

test('an arm that was stopped is neither judged nor waited for, and wins nothing', () => {
  const units = Array.from({ length: 6_000 }, (_, i): AbTestUnit[] => {
    const of = (arm: string, share: number): AbTestUnit => ({
      arm,
      outcome: (i % 10) / 10 < share ? 1 : 0,
      covariate: null,
    });
    return [of('A', 0.2), of('B', 0.4), of('C', 0.8)];
  }).flat();
  const state = addUnits(startAbTest(three), plan, units);
  const exposure = three.map(({ arm }) => ({ arm, assigned: 6_000 }));
  expect(judgeAbTest(plan, state, exposure).winner).toBe('C');
  const without = exposure.map((one) => ({ ...one, isStopped: one.arm === 'C' }));
  const judged = judgeAbTest(plan, state, without);
  expect(judged).toMatchObject({ verdict: 'winner', winner: 'B' });
  expect(judged.arms.find(({ arm }) => arm === 'C')).toMatchObject({ verdict: 'open', difference: null });
  const none = exposure.map((one) => ({ ...one, isStopped: one.arm !== 'A' }));
  expect(judgeAbTest(plan, state, none)).toMatchObject({ verdict: 'running', winner: null });
});
