import { describe, expect, test, vi } from 'vitest';
import { covariateRows } from '../../../tests/worlds/covariate-world.ts';
import { lossOf } from '../../../tests/worlds/correction-world.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { logit, sigmoid } from '../tasks/binary/log-odds.ts';
import { applyCorrection, type Correction } from './correction.ts';
import { fitCorrection } from './fit-correction.ts';
import { taskOf } from '../tasks/task-of.ts';
import { holdOutCorrection, recalibrate, sliceRows, type LabelledScores } from './recalibrate.ts';

const plan = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100 };

/** Rows whose true log-odds are `shift + slope * logit(p)` of what the model says. */
function binaryRows(count: number, shift: number, slope: number, seed: string): LabelledScores {
  const random = createRandom(seed);
  const raw: number[][] = [];
  const labels: number[] = [];
  for (let row = 0; row < count; row++) {
    const p = sigmoid(1.5 * random.normal());
    raw.push([1 - p, p]);
    labels.push(random.next() < sigmoid(shift + slope * logit(p)) ? 1 : 0);
  }
  return { task: 'binary', labels, raw };
}

function logLoss({ labels, raw }: LabelledScores, correct: (scores: readonly number[]) => readonly number[]): number {
  return labels.reduce((sum, label, row) => sum - Math.log(correct(raw[row] ?? [])[label] ?? 0), 0) / labels.length;
}

describe('fitCorrection, binary', () => {
  test('finds a level that moved and confidence that is too high', () => {
    const rows = binaryRows(3_000, -1, 0.5, 'moved');
    const judged = fitCorrection(rows, null, { ...plan, halfLifeRows: 5_000 }, { isFirst: true });
    expect(judged.verdict).toBe('fitted');
    expect(judged.correction?.intercepts[0]).toBeCloseTo(-1, 0);
    expect(judged.correction?.slope).toBeCloseTo(0.5, 0);
    const fresh = binaryRows(3_000, -1, 0.5, 'fresh');
    const corrected = logLoss(fresh, (scores) =>
      judged.correction === null ? scores : applyCorrection(judged.correction, scores),
    );
    expect(corrected).toBeLessThan(logLoss(fresh, (scores) => scores) - 0.1);
  });

  test('is bounded on separable rows, and keeps what answers while labels are few', () => {
    const separable: LabelledScores = {
      task: 'binary',
      labels: Array.from({ length: 200 }, (_, i) => i % 2),
      raw: Array.from({ length: 200 }, (_, i) => (i % 2 === 1 ? [0.4, 0.6] : [0.6, 0.4])),
    };
    expect(recalibrate(separable, 500).slope).toBeLessThanOrEqual(3);
    const few = fitCorrection(binaryRows(99, 2, 1, 'few'), null, plan);
    expect(few).toMatchObject({ verdict: 'kept', correction: null, rows: 99 });
  });

  test('a version that answers goes to a level that moved in steps of three quarters of a unit of log-odds', () => {
    const rows = binaryRows(3_000, -2, 1, 'moved far');
    let current: Correction | null = null;
    const levels: number[] = [];
    for (let window = 0; window < 5; window++) {
      current = fitCorrection(rows, current, plan).correction;
      levels.push(current?.intercepts[0] ?? 0);
    }
    expect(levels[0]).toBeCloseTo(-0.75, 1);
    expect(levels[1]).toBeCloseTo(-1.5, 1);
    expect(levels[4]).toBeCloseTo(-2, 0);
  });

  test('refits that are part of one step go no further together than one does', () => {
    const rows = binaryRows(3_000, -4, 1, 'far');
    const first = fitCorrection(rows, null, plan).correction;
    const again = fitCorrection(rows, first, plan, { stepFrom: null }).correction;
    expect(first?.intercepts[0]).toBeLessThan(-0.5);
    expect(again?.intercepts[0]).toBeCloseTo(first?.intercepts[0] ?? 0, 6);
    const next = fitCorrection(rows, first, plan).correction;
    expect(next?.intercepts[0]).toBeLessThan((first?.intercepts[0] ?? 0) - 0.5);
  });

  test('where answers are so sure and wrong that one step changes no clipped loss, it is taken all the same', () => {
    const random = createRandom('sure and wrong');
    const isSure = Array.from({ length: 2_000 }, () => random.next() < 0.5);
    const rows: LabelledScores = {
      task: 'binary',
      labels: isSure.map(() => (random.next() < 0.5 ? 1 : 0)),
      raw: isSure.map((sure) => (sure ? [0.003, 0.997] : [0.997, 0.003])),
    };
    let current: Correction | null = { formatVersion: 1, task: 'binary', slope: 1.34, intercepts: [0] };
    for (let window = 0; window < 12; window++) current = fitCorrection(rows, current, plan).correction;
    expect(current?.slope).toBeLessThan(0.4);
  });

  test('one that has harmed the rows that it answered is taken off within a window of them', () => {
    const wrong: Correction = { formatVersion: 1, task: 'binary', slope: 1, intercepts: [1] };
    const before = binaryRows(2_000, 1, 1, 'before');
    const now = binaryRows(500, 0, 1, 'now');
    const rows: LabelledScores = {
      task: 'binary',
      labels: [...before.labels, ...now.labels],
      raw: [...before.raw, ...now.raw],
    };
    // Not refitted since the world went back, it says: as when refits are refused.
    const answered = rows.raw.map((scores) => applyCorrection(wrong, scores));
    const judged = fitCorrection({ ...rows, answered }, wrong, plan);
    expect(judged).toMatchObject({ verdict: 'identity', correction: null });
    expect(judged.text).toMatch(/^Taken off: it made the loss of the last 500 rows that it answered larger by /);
    // While it helps, nothing is taken off.
    const helping = { ...before, answered: before.raw.map((scores) => applyCorrection(wrong, scores)) };
    expect(fitCorrection(helping, wrong, plan).verdict).toBe('fitted');
  });

  test('one that no longer gains is taken off at the end of a window', () => {
    const small: Correction = { formatVersion: 1, task: 'binary', slope: 1.02, intercepts: [0.01] };
    const rows = binaryRows(3_000, 0, 1, 'calm');
    expect(fitCorrection(rows, small, plan, { isWithinWindow: true }).correction).not.toBeNull();
    const judged = fitCorrection(rows, small, plan);
    expect(judged).toMatchObject({ verdict: 'identity', correction: null });
    expect(judged.text).toMatch(/^Taken off: in most stretches it no longer gains; correcting gains /);
  });

  test('one that is fitted within windows is held against its refit by rows that it was not fitted on', () => {
    const offAt = ([one = 0, two = 0]: readonly number[]): number => 0.5 + 0.8 * one - 0.5 * two;
    const rows = covariateRows(3_000, createRandom('within'), { width: 24, offAt });
    const current = recalibrate(sliceRows(rows, 0, 2_900), plan.halfLifeRows);
    // Of the youngest fifth it has seen all but 100 rows, by which no refit without them is as good.
    expect(fitCorrection(rows, current, plan).verdict).toBe('kept');
    expect(fitCorrection(rows, current, { ...plan, everyRows: 100 }).verdict).toBe('fitted');
    // A refit that is worse on the rows that came since is refused.
    const turned = {
      ...rows,
      labels: rows.labels.map((label, row) => (row >= 1_900 && row < 2_500 ? 1 - label : label)),
    };
    const right = recalibrate(sliceRows(rows, 0, 1_900), plan.halfLifeRows);
    expect(fitCorrection(turned, right, { ...plan, everyRows: 500 }).verdict).toBe('kept');
  });

  test('a judgement takes 26 fits at most, however many rows there are', () => {
    const fit = vi.spyOn(taskOf('binary').correction, 'fit');
    const fitsOf = (rows: LabelledScores, current: Correction | null, spec = plan): number => {
      fit.mockClear();
      fitCorrection(rows, current, spec);
      return fit.mock.calls.length;
    };
    const rows = covariateRows(9_000, createRandom('many'), { width: 2, offAt: ([one = 0]) => one });
    const holdOut = holdOutCorrection(sliceRows(rows, 0, 500), 500);
    const held = holdOut === null ? rows : { ...rows, holdOut };
    const on = recalibrate(sliceRows(rows, 0, 100), 500);
    expect(fitsOf(sliceRows(held, 0, 2_999), on)).toBe(26);
    expect(fitsOf(held, on)).toBe(25);
    expect(fitsOf(held, null)).toBeLessThanOrEqual(26);
    expect(fitsOf(sliceRows(held, 0, 900), on)).toBeLessThanOrEqual(26);
    expect(fitsOf(held, on, { ...plan, rowsMax: 9_001, labelledRowsMin: 10 })).toBe(26);
    fit.mockRestore();
  });

  test('what a hold-out said is forgotten when as many rows have come as are read', () => {
    const away = covariateRows(800, createRandom('away'), { width: 2, offAt: () => 1 });
    const holdOut = holdOutCorrection(away, 500);
    const rows = covariateRows(1_000, createRandom('calm now'), { width: 2, offAt: () => 0.5 });
    const held = holdOut === null ? rows : { ...rows, holdOut };
    const current = recalibrate(rows, 500);
    const levelOf = (given: LabelledScores, rowsMax: number): number =>
      fitCorrection(given, current, { ...plan, rowsMax }).correction?.intercepts[0] ?? 0;
    expect(levelOf(held, 1_001)).toBeGreaterThan(levelOf(rows, 1_001) + 0.02);
    expect(levelOf(held, 1_000)).toBe(levelOf(rows, 1_000));
  });

  test('features that say nothing leave answers alone, and cost what is stated where they are on', () => {
    const rows = covariateRows(1_000, createRandom('noise'), { width: 24 });
    expect(fitCorrection(rows, null, plan)).toMatchObject({ verdict: 'identity', correction: null });
    const clean = covariateRows(4_000, createRandom('clean'), { width: 24 });
    const fitted = recalibrate(rows, plan.halfLifeRows);
    expect(lossOf(clean, fitted) - lossOf(clean, null)).toBeLessThan(0.02);
  });

  test('the same rows give the same bytes', () => {
    const rows = binaryRows(500, 1, 0.7, 'same');
    expect(JSON.stringify(fitCorrection(rows, null, plan))).toBe(JSON.stringify(fitCorrection(rows, null, plan)));
  });
});

test('multiclass probabilities sum to one and follow a class that became more frequent', () => {
  const random = createRandom('classes');
  const raw = Array.from({ length: 1_000 }, () => [0.4, 0.3, 0.3]);
  const labels = raw.map(() => (random.next() < 0.7 ? 2 : random.integer(2)));
  const { correction } = fitCorrection({ task: 'multiclass', labels, raw }, null, plan, { isFirst: true });
  const after = correction === null ? [] : applyCorrection(correction, [0.4, 0.3, 0.3]);
  expect(after.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  expect(after[2]).toBeGreaterThan(0.6);
});

describe('a value', () => {
  const random = createRandom('value');
  const raw = Array.from({ length: 600 }, () => [1e6 + 1e4 * random.normal()]);

  test('that is off by a shift in a large unit is brought back at once', () => {
    const labels = raw.map(([value = 0]) => value + 5e4 + 100 * random.normal());
    const { correction } = fitCorrection({ task: 'regression', labels, raw }, null, plan);
    const [after = 0] = correction === null ? [0] : applyCorrection(correction, [1e6]);
    expect(Math.abs(after - 1.05e6)).toBeLessThan(1_500);
  });

  test('that never changes, or hardly, has its level corrected alone', () => {
    for (const noise of [0, 1e-15, 1e-3]) {
      const labels = new Array<number>(600).fill(7).map((label) => label + 0.1 * random.normal());
      const still = labels.map(() => [5 + noise * random.normal()]);
      const { slope, intercepts } = recalibrate({ task: 'regression', labels, raw: still }, 500);
      expect(slope).toBeCloseTo(1, 1);
      expect(slope * 5 + (intercepts[0] ?? 0)).toBeCloseTo(7, 1);
    }
  });
});

test('a burst of one entity weighs no more than a fiftieth of all rows', () => {
  const rows = binaryRows(1_000, 0, 1, 'burst');
  const labels = rows.labels.map((label, row) => (row >= 750 ? 1 : label));
  const entities = labels.map((_, row) => (row >= 750 ? 0 : row + 1));
  const level = (given: LabelledScores) => recalibrate(given, 500).intercepts[0] ?? 0;
  expect(level({ ...rows, labels })).toBeGreaterThan(0.7);
  expect(Math.abs(level({ ...rows, labels, entities }) - level(binaryRows(750, 0, 1, 'burst')))).toBeLessThan(0.2);
});
