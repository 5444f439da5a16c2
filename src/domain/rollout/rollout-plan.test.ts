import { expect, test } from 'vitest';
import { askedStep, describeStep, dueLook, stepsOf, stepTexts, type StepClock } from './rollout-plan.ts';

const clock: StepClock = {
  lookEvery: { rows: 200 },
  extent: { rows: 500 },
  stepStartedSeq: 1_000,
  stepStartedMs: 0,
  settledSeq: 1_000,
  lastLookMs: 0,
  lastSeq: 1_000,
  nowMs: 0,
};

test('no look before its rows are in', () => {
  expect(dueLook({ ...clock, lastSeq: 1_199 })).toBeNull();
});

test('a late look cuts the evidence at the boundary, not at the row that happened to be there', () => {
  expect(dueLook({ ...clock, lastSeq: 1_399 })).toEqual({ throughSeq: 1_200, isStepDone: false });
  expect(dueLook({ ...clock, lastSeq: 1_399, settledSeq: 1_200 })).toBeNull();
});

test('the step ends exactly at its exposure, however many rows came since', () => {
  expect(dueLook({ ...clock, lastSeq: 9_999 })).toEqual({ throughSeq: 1_500, isStepDone: true });
});

test('steps and looks in time go by the clock', () => {
  const timed = { ...clock, lookEvery: { ms: 1_000 }, extent: { ms: 5_000 }, lastSeq: 1_050 };
  expect(dueLook({ ...timed, nowMs: 999 })).toBeNull();
  expect(dueLook({ ...timed, nowMs: 1_000 })).toEqual({ throughSeq: 1_050, isStepDone: false });
  expect(dueLook({ ...timed, nowMs: 5_000, lastLookMs: 4_999 })).toEqual({ throughSeq: 1_050, isStepDone: true });
});

test('a step in time that asks for rows lasts until both are there, whichever is later', () => {
  const timed = { ...clock, lookEvery: { ms: 1_000 }, extent: { ms: 5_000 }, rowsMin: 50, lastLookMs: 5_500 };
  expect(dueLook({ ...timed, nowMs: 6_000, lastSeq: 1_049 })).toBeNull();
  expect(dueLook({ ...timed, nowMs: 6_000, lastSeq: 1_050 })).toEqual({ throughSeq: 1_050, isStepDone: true });
  expect(dueLook({ ...timed, nowMs: 4_999, lastSeq: 9_999, lastLookMs: 4_500 })).toBeNull();
  const [, step] = stepsOf({ shadow: { rows: 10 }, canary: [{ percent: 5, extent: { ms: 7_200_000 }, rowsMin: 500 }] });
  expect(step === undefined ? '' : describeStep(step)).toBe('2 h and at least 500 rows');
});

test('the shadow comes first', () => {
  const steps = stepsOf({ shadow: { rows: 10 }, canary: [{ percent: 5, extent: { rows: 20 } }] });
  expect(steps.map((step) => step.name)).toEqual(['shadow', 'canary 5 %']);
});

test('a held rollout asks for the step that needs an approval, and for the promotion otherwise', () => {
  const plan = {
    shadow: { rows: 10 },
    canary: [
      { percent: 5, extent: { rows: 20 } },
      { percent: 50, extent: { rows: 20 }, approval: true },
    ],
  };
  expect([null, 0, 1, 2, 3].map((step) => askedStep({ status: 'held', step }, plan))).toEqual([
    null,
    null,
    2,
    null,
    null,
  ]);
  expect(askedStep({ status: 'active', step: 1 }, plan)).toBeNull();
  expect(stepTexts(plan).map(({ extentText }) => extentText)).toEqual(['10 rows', '20 rows', '20 rows, when approved']);
});
