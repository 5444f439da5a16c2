import { describe, expect, test } from 'vitest';
import { covariateRows, joinRows } from '../../../tests/worlds/covariate-world.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { taskOf } from '../tasks/task-of.ts';
import type { Recalibration } from '../tasks/task.ts';
import { boundedStep } from './bounded-step.ts';
import { applyCorrection, type Correction } from './correction.ts';
import { covariatesAt, holdOutCorrection, recalibrate, sliceRows, type LabelledScores } from './recalibrate.ts';

const halfLifeRows = 500;
const off = ([one = 0, two = 0]: readonly number[]): number => 0.5 + 0.6 * one - 0.4 * two;
const rowsOf = (count: number, seed: string, offAt = off): LabelledScores =>
  covariateRows(count, createRandom(seed), { width: 3, offAt });

describe('a fit that goes on from what a hold-out said', () => {
  const [before, after] = [rowsOf(800, 'hold-out'), rowsOf(300, 'live')];
  const holdOut = holdOutCorrection(before, halfLifeRows);
  const live = { ...after, ...(holdOut === null ? {} : { holdOut }) };

  test('is near one on the rows of both, and far from one without it', () => {
    const wanted = recalibrate(joinRows(before, after), halfLifeRows);
    expect(distance(recalibrate(live, halfLifeRows), wanted)).toBeLessThan(0.03);
    expect(distance(recalibrate(after, halfLifeRows), wanted)).toBeGreaterThan(0.1);
  });

  test('of which no row has a label yet says what the hold-out said', () => {
    const none = sliceRows(live, 0, 0);
    expect(distance(recalibrate(none, halfLifeRows), recalibrate(before, halfLifeRows))).toBeLessThan(1e-9);
  });

  test('forgets it by half for each half-life of rows', () => {
    const far = holdOutCorrection(
      rowsOf(800, 'far', () => 2),
      halfLifeRows,
    );
    const levelAfter = (count: number): number =>
      recalibrate(
        {
          ...sliceRows(
            rowsOf(4_000, 'now', () => 0),
            0,
            count,
          ),
          ...(far === null ? {} : { holdOut: far }),
        },
        halfLifeRows,
      ).intercepts[0] ?? 0;
    const levels = [0, 500, 1_000, 4_000].map(levelAfter);
    expect(levels[0]).toBeGreaterThan(1.5);
    for (let k = 1; k < levels.length; k++) expect(levels[k]).toBeLessThan(levels[k - 1] ?? 0);
    expect(Math.abs(levels[3] ?? 1)).toBeLessThan(0.25);
    // To the last bit: 500 rows later it weighs a half, beside rows that have aged as much.
    const rows = sliceRows(rowsOf(1_000, 'weight'), 0, 500);
    const weights = Float64Array.from(rows.labels, (_, row) => Math.exp((-Math.LN2 * (499 - row)) / 500));
    const earlier = { at: far?.at ?? identity, curvature: far?.curvature ?? [], weight: 0.5 };
    expect(recalibrate({ ...rows, ...(far === null ? {} : { holdOut: far }) }, 500)).toMatchObject(
      taskOf('binary').correction.fit(rows, weights, { earlier }),
    );
  });

  test('keeps no row: its size is that of its features', () => {
    expect(JSON.stringify(holdOut).length).toBeLessThan(2_000);
    expect(holdOut?.curvature).toHaveLength(5);
  });
});

test('tasks whose fits cannot go on say so', () => {
  expect(
    holdOutCorrection(
      {
        task: 'multiclass',
        labels: [0, 1],
        raw: [
          [0.5, 0.5],
          [0.4, 0.6],
        ],
      },
      500,
    ),
  ).toBeNull();
});

test('a fit with covariates says what they are, one without is of format 1', () => {
  const rows = rowsOf(200, 'formats');
  expect(recalibrate(rows, 500)).toMatchObject({ formatVersion: 2, covariates: rows.standards });
  const plain = recalibrate({ task: 'binary', labels: rows.labels, raw: rows.raw }, 500);
  expect(Object.keys(plain)).toEqual(['formatVersion', 'task', 'slope', 'intercepts']);
});

const identity: Correction = { formatVersion: 1, task: 'binary', slope: 1, intercepts: [0] };

describe('a step with weights', () => {
  const rows = rowsOf(1_000, 'step');
  const standards = rows.standards ?? [];
  const far: Correction = {
    formatVersion: 2,
    task: 'binary',
    slope: 2,
    intercepts: [-3],
    weights: [2, -2, 1],
    covariates: standards,
  };
  const moved = (from: Correction, to: Correction): number => {
    const logOdds = (by: Correction, row: number): number => {
      const [no = 0, yes = 0] = applyCorrection(by, rows.raw[row] ?? [], covariatesAt(rows, row));
      return Math.log(yes / no);
    };
    const squares = rows.labels.reduce((sum, _, row) => sum + (logOdds(to, row) - logOdds(from, row)) ** 2, 0);
    return Math.sqrt(squares / rows.labels.length);
  };

  test.each([
    ['none', null],
    ['one without weights', { ...identity, slope: 0.8, intercepts: [0.3] }],
    ['one with weights', { ...far, slope: 1, intercepts: [0.5], weights: [-1, 0, 1] }],
  ] satisfies [string, Correction | null][])(
    'from %s moves answers by 0.75 and no more, in the root mean square',
    (_what, from) => {
      const stepped = boundedStep(rows, from, far);
      expect(moved(from ?? identity, stepped)).toBeCloseTo(0.75, 6);
      expect(stepped.covariates).toEqual(standards);
      // Straight towards it: every coefficient has gone the same share of its way.
      const base = coefficientsOf(from ?? identity, 3);
      const shares = coefficientsOf(stepped, 3).map((value, k) =>
        share(value, base[k] ?? 0, coefficientsOf(far, 3)[k] ?? 0),
      );
      for (const one of shares.filter(Number.isFinite)) expect(one).toBeCloseTo(shares[0] ?? 0, 9);
    },
  );

  test('that is shorter is taken whole', () => {
    const near: Correction = { ...far, slope: 1.05, intercepts: [0.1], weights: [0.2, 0, -0.1] };
    expect(boundedStep(rows, null, near)).toBe(near);
  });
});

function share(value: number, from: number, to: number): number {
  return (value - from) / (to - from);
}

function coefficientsOf({ slope, intercepts, weights = [] }: Recalibration, width: number): readonly number[] {
  return [...intercepts, slope, ...Array.from({ length: width }, (_, k) => weights[k] ?? 0)];
}

/** The largest difference of two coefficients. */
function distance(one: Recalibration, other: Recalibration): number {
  const wanted = coefficientsOf(other, 3);
  return Math.max(...coefficientsOf(one, 3).map((value, k) => Math.abs(value - (wanted[k] ?? 0))));
}
