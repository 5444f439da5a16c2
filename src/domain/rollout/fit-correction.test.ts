import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/random.ts';
import { logit, sigmoid } from '../tasks/binary/correct-binary.ts';
import { applyCorrection, parseCorrection } from './correction.ts';
import { fitCorrection, type LabelledScores } from './fit-correction.ts';

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
    const judged = fitCorrection(binaryRows(3_000, -1, 0.5, 'moved'), null, { ...plan, halfLifeRows: 5_000 });
    expect(judged.verdict).toBe('fitted');
    expect(judged.correction?.intercepts[0]).toBeCloseTo(-1, 0);
    expect(judged.correction?.slope).toBeCloseTo(0.5, 0);
    const fresh = binaryRows(3_000, -1, 0.5, 'fresh');
    const corrected = logLoss(fresh, (scores) =>
      judged.correction === null ? scores : applyCorrection(judged.correction, scores),
    );
    expect(corrected).toBeLessThan(logLoss(fresh, (scores) => scores) - 0.1);
  });

  test('leaves a calibrated model nearly alone', () => {
    const judged = fitCorrection(binaryRows(3_000, 0, 1, 'calibrated'), null, plan);
    const scores = [0.3, 0.7];
    const after = judged.correction === null ? scores : applyCorrection(judged.correction, scores);
    expect(Math.abs((after[1] ?? 0) - 0.7)).toBeLessThan(0.06);
  });

  test('is bounded on separable rows and keeps what answers while labels are few', () => {
    const separable: LabelledScores = {
      task: 'binary',
      labels: Array.from({ length: 200 }, (_, i) => i % 2),
      raw: Array.from({ length: 200 }, (_, i) => (i % 2 === 1 ? [0.4, 0.6] : [0.6, 0.4])),
    };
    const { correction } = fitCorrection(separable, null, plan);
    expect(correction?.slope).toBeLessThanOrEqual(3);
    const few = fitCorrection(binaryRows(99, 2, 1, 'few'), null, plan);
    expect(few).toMatchObject({ verdict: 'kept', correction: null, rows: 99 });
  });

  test('a correction that is worse on the youngest rows than none is dropped', () => {
    const wrong = { formatVersion: 1, task: 'binary', slope: 1, intercepts: [3] } as const;
    const before = binaryRows(900, 3, 1, 'before');
    const now = binaryRows(400, 0, 1, 'now');
    const judged = fitCorrection(
      { task: 'binary', labels: [...before.labels, ...now.labels], raw: [...before.raw, ...now.raw] },
      wrong,
      { ...plan, halfLifeRows: 100_000 },
    );
    expect(judged.verdict).toBe('identity');
    expect(judged.correction).toBeNull();
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
  const { correction } = fitCorrection({ task: 'multiclass', labels, raw }, null, plan);
  const after = correction === null ? [] : applyCorrection(correction, [0.4, 0.3, 0.3]);
  expect(after.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  expect(after[2]).toBeGreaterThan(0.6);
});

test('a value that is off by a shift in a large unit is brought back', () => {
  const random = createRandom('value');
  const raw = Array.from({ length: 600 }, () => [1e6 + 1e4 * random.normal()]);
  const labels = raw.map(([value = 0]) => value + 5e4 + 100 * random.normal());
  const { correction } = fitCorrection({ task: 'regression', labels, raw }, null, plan);
  const [after = 0] = correction === null ? [0] : applyCorrection(correction, [1e6]);
  expect(Math.abs(after - 1.05e6)).toBeLessThan(1_500);
});

test('what is no correction is refused', () => {
  expect(() => parseCorrection('{"formatVersion":1}')).toThrow(/form/);
});
