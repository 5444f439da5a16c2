import { expect, test } from 'vitest';
import { errorProfile, errorWindowsOf, steadyErrors } from '../../../tests/worlds/error-world.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { expectedErrors, fitExpectedLosses, lossRowsMin } from './expected-loss.ts';

const profile = errorProfile(steadyErrors, 'trained');
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('of three features and the answer, the one that errors go with is found, and only that', () => {
  const { losses } = profile;
  expect(losses?.rows).toBe(2_000);
  for (const { terms } of [losses?.absolute, losses?.squared].flatMap((one) => one ?? [])) {
    expect(terms.map(({ feature }) => feature)).toEqual([1]);
    // Larger errors where the feature is larger; the last cell is that of missing values.
    const effects = terms[0]?.effects ?? [];
    expect(effects[0]).toBeLessThan(effects[10] ?? 0);
    expect(effects[19]).toBeGreaterThan(effects[10] ?? 0);
  }
});

test('windows of the same world are expected as they turn out; one whose inputs moved is expected to be worse', () => {
  const [same, moved] = [steadyErrors, { ...steadyErrors, center: 1 }].map((world) => {
    const windows = errorWindowsOf(world, profile, 40, 'windows');
    return { expected: meanOf(windows.map(({ estimated }) => estimated)), was: meanOf(windows.map((w) => w.realised)) };
  });
  expect(Math.abs((same?.expected ?? 0) / (same?.was ?? 1) - 1)).toBeLessThan(0.1);
  expect((moved?.expected ?? 0) / (same?.expected ?? 1)).toBeGreaterThan(1.3);
});

test('truths that move by what no feature shows change nothing in what is expected', () => {
  const [same, hidden] = [steadyErrors, { ...steadyErrors, moved: 1.5 }].map((world) =>
    errorWindowsOf(world, profile, 10, 'hidden'),
  );
  expect(hidden?.map(({ estimated }) => estimated)).toEqual(same?.map(({ estimated }) => estimated));
  expect(meanOf(hidden?.map(({ realised }) => realised) ?? [])).toBeGreaterThan(
    1.3 * meanOf(same?.map(({ realised }) => realised) ?? []),
  );
});

test('errors that go with nothing are their mean; too few rows, or one that is no number, say nothing', () => {
  const random = createRandom('nothing');
  const cells = [0, 1, 2].map(() => Uint16Array.from({ length: 1_000 }, () => random.integer(20)));
  const errors = Float64Array.from({ length: 1_000 }, () => Math.abs(random.normal()));
  const losses = fitExpectedLosses(cells, errors);
  expect(losses?.absolute.terms).toEqual([]);
  if (losses === null) throw new Error('there are rows enough');
  expect(expectedErrors(losses, cells, 1_000).mae).toBeCloseTo(meanOf([...errors]), 12);
  expect(fitExpectedLosses(cells, errors.subarray(0, lossRowsMin - 1))).toBeNull();
  expect(fitExpectedLosses(cells, errors.with(3, Number.NaN))).toBeNull();
});

test('what is kept is bounded, and the same whenever it is fitted', () => {
  expect(JSON.stringify(errorProfile(steadyErrors, 'trained').losses)).toBe(JSON.stringify(profile.losses));
  const random = createRandom('many');
  const cells = Array.from({ length: 60 }, () => Uint16Array.from({ length: 3_000 }, () => random.integer(20)));
  const errors = Float64Array.from({ length: 3_000 }, (_, row) =>
    cells.reduce((sum, ofRow, column) => sum + (ofRow[row] ?? 0) * (column < 30 ? 1 : 0), 0),
  );
  expect(fitExpectedLosses(cells, errors)?.absolute.terms.length).toBeLessThanOrEqual(8);
});
