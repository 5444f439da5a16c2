import { expect, test } from 'vitest';
import { dueLook, stepsOf, type StepClock } from './rollout-plan.ts';

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

test('the shadow comes first', () => {
  const steps = stepsOf({ shadow: { rows: 10 }, canary: [{ percent: 5, extent: { rows: 20 } }] });
  expect(steps.map((step) => step.name)).toEqual(['shadow', 'canary 5 %']);
});
