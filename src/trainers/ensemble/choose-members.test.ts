import { expect, test } from 'vitest';
import { lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { chooseMembers } from './choose-members.ts';

const random = lehmer(7);
const rows = 200;
const noise = () => Float64Array.from({ length: rows }, () => random() - 0.5);
const truth = noise();
/** Mean squared distance from the truth. */
const lossOf = (scores: Float64Array) =>
  scores.reduce((sum, score, row) => sum + (score - (truth[row] ?? 0)) ** 2, 0) / rows;
const off = (by: Float64Array, times: number) => truth.map((value, row) => value + times * (by[row] ?? 0));

test('members whose errors cancel each other are taken, by the shares that cancel them', () => {
  const error = noise();
  const chosen = chooseMembers([off(error, 1), off(error, -3), off(noise(), 5)], lossOf, 5);
  expect(chosen).toEqual([
    { at: 0, weight: 0.75 },
    { at: 1, weight: 0.25 },
  ]);
});

test('a trial that none can help stands alone, and equal ones count as the first', () => {
  expect(chooseMembers([truth, off(noise(), 1)], lossOf, 5)).toEqual([{ at: 0, weight: 1 }]);
  expect(chooseMembers([truth, truth], lossOf, 5)).toEqual([{ at: 0, weight: 1 }]);
});

test('there are never more members than may be, and none of no trials or of losses that are no numbers', () => {
  const trials = Array.from({ length: 12 }, () => off(noise(), 1));
  for (const membersMax of [2, 3, 10]) {
    const chosen = chooseMembers(trials, lossOf, membersMax);
    expect(chosen.length).toBeLessThanOrEqual(membersMax);
    expect(chosen.length).toBeGreaterThan(1);
    expect(chosen.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  }
  expect(chooseMembers([], lossOf, 5)).toEqual([]);
  expect(chooseMembers(trials, () => Number.NaN, 5)).toEqual([]);
});
