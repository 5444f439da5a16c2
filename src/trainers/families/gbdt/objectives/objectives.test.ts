import { describe, expect, test } from 'vitest';
import type { TargetSpec } from '../../../../domain/spec/spec.ts';
import { defaultTrainers, type GbdtSpec } from '../../../../domain/spec/trainer-spec.ts';
import type { NumberColumn } from '../../../../onnx/run/columns.ts';
import { answersOf } from '../../../../../tests/worlds/answers-of.ts';
import { fitRequest, lehmer } from '../../../../../tests/worlds/fit-fixture.ts';
import { priorTrainer } from '../../prior/prior.ts';
import { gbdtTrainer } from '../gbdt.ts';

const target: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };
const usual: GbdtSpec = { ...defaultTrainers.gbdt, learningRate: 0.1 };
const numbers = (name: string, rows: number, of: (row: number) => number): NumberColumn => ({
  name,
  kind: 'number',
  numbers: Float64Array.from({ length: rows }, (_, row) => of(row)),
});

/** Knowing nothing but the labels of the training rows, which are the first three quarters. */
async function constantOf(labels: number[], settings: Partial<GbdtSpec>, weights: number[] | null = null) {
  const request = fitRequest(target, [numbers('x', labels.length, () => 1)], Float64Array.from(labels), {
    settings: { ...usual, ...settings },
    weights: weights === null ? null : Float64Array.from(weights),
  });
  const model = await gbdtTrainer.fit(request);
  const prior = await priorTrainer.fit(request);
  expect(model.trees).toBe(0);
  const [value = Number.NaN] = model.predict(request.columns, { from: 0, to: 1 });
  const [own = Number.NaN] = prior.predict(request.columns, { from: 0, to: 1 });
  expect(Math.abs(own - value) / Math.abs(value)).toBeLessThan(1e-6);
  // Both say how good they are in the same words.
  expect(Math.abs((prior.validationLoss ?? 0) / (model.validationLoss ?? 1) - 1)).toBeLessThan(1e-5);
  return value;
}

describe('a model that can ask nothing answers the value with the least loss', () => {
  const labels = [7, 1, 2, 40, 3, 9, 0, 0];
  test.each([
    // Of 7, 1, 2, 40, 3, 9: the middle lies between 3 and 7.
    ['absolute', { objective: 'absolute' }, null, 5],
    ['absolute, by weights', { objective: 'absolute' }, [1, 5, 1, 1, 1, 1, 1, 1], 1.5],
    ['absolute, by weights that are no halves', { objective: 'absolute' }, [1, 4, 1, 1, 1, 1, 1, 1], 2],
    ['quantile', { objective: 'quantile', quantile: 0.75 }, null, 9],
    ['quantile that is the median', { objective: 'quantile', quantile: 0.5 }, null, 5],
    ['quantile, by weights', { objective: 'quantile', quantile: 0.75 }, [1, 1, 1, 4, 1, 0, 1, 1], 40],
    // With delta 4 only 40 is far from m: (m-7)+(m-1)+(m-2)+(m-3)+(m-9) - 4 = 0 where 9 is nearer than 4, so m = 5.2.
    ['huber', { objective: 'huber', huberDelta: 4.3 }, null, (7 + 1 + 2 + 3 + 9 + 4.3) / 5],
    ['huber that is wide enough', { objective: 'huber', huberDelta: 100 }, null, 62 / 6],
    ['poisson', { objective: 'poisson' }, null, 62 / 6],
    ['poisson, by weights', { objective: 'poisson' }, [1, 1, 1, 0, 1, 1, 1, 1], 22 / 5],
    ['the squared error', {}, null, 62 / 6],
  ] as const)('%s', async (_name, settings, weights, expected) => {
    const value = await constantOf([...labels], settings, weights === null ? null : [...weights]);
    expect(Math.abs(value - expected) / expected).toBeLessThan(1e-6);
  });

  test('poisson of rows that are all 0 stays finite', async () => {
    const labels = Float64Array.of(0, 0, 0, 0, 0, 0, 1, 0);
    const request = fitRequest(target, [numbers('x', 8, () => 1)], labels, {
      settings: { ...usual, objective: 'poisson' },
    });
    const [value] = (await gbdtTrainer.fit(request)).predict(request.columns, { from: 0, to: 1 });
    // As if half an event had been seen in six rows.
    expect(value).toBeCloseTo(0.5 / 6, 6);
  });
});

describe('what is known of groups is found again', () => {
  const rows = 6_000;
  const groups = 4;
  const random = lehmer(23);
  const x = numbers('x', rows, () => Math.floor(random() * groups));
  const group = (row: number) => x.numbers[row] ?? 0;
  const fitted = async (labels: Float64Array, settings: Partial<GbdtSpec>, changes: { validation?: null } = {}) => {
    const request = fitRequest(target, [x], labels, { settings: { ...usual, ...settings }, treesMax: 120, ...changes });
    const model = await gbdtTrainer.fit(request);
    const answers = model.predict(request.columns, { from: 0, to: rows });
    return {
      request,
      model,
      answers,
      of: Array.from({ length: groups }, (_, g) => answers[x.numbers.indexOf(g)] ?? Number.NaN),
    };
  };
  /** Exponential: its mean is 1, its median 0.693. */
  const skewed = () => -Math.log(1 - random());

  test('medians, of labels whose means lie elsewhere', async () => {
    const labels = Float64Array.from({ length: rows }, (_, row) => 1_000 * group(row) + 100 * skewed());
    const medians = await fitted(labels, { objective: 'absolute' });
    const means = await fitted(labels, {});
    for (let g = 0; g < groups; g++) {
      // Of 1,100 rows the median of such labels has a standard error of 100 / sqrt(1,100) = 3.
      expect(Math.abs((medians.of[g] ?? 0) - (1_000 * g + 69.3))).toBeLessThan(10);
      expect(Math.abs((means.of[g] ?? 0) - (1_000 * g + 100))).toBeLessThan(10);
    }
    const { from, to } = medians.request.validation ?? { from: 0, to: 0 };
    let error = 0;
    for (let row = from; row < to; row++) error += Math.abs((medians.answers[row] ?? 0) - (labels[row] ?? 0));
    expect(medians.model.validationLoss).toBeCloseTo(error / (to - from), 6);
  });

  test('quantiles of a spread that grows, each above its share of the labels', async () => {
    const labels = Float64Array.from({ length: rows }, (_, row) => 50 * group(row) + (1 + group(row)) * 10 * skewed());
    for (const quantile of [0.1, 0.9]) {
      // oxlint-disable-next-line no-await-in-loop -- one fit at a time
      const { of, model, answers, request } = await fitted(labels, { objective: 'quantile', quantile });
      for (let g = 0; g < groups; g++) {
        const truth = 50 * g - (1 + g) * 10 * Math.log(1 - quantile);
        // Of 1,100 such rows the 0.9 quantile has a standard error of 3 / sqrt(1,100) = 0.09 times the scale.
        expect(Math.abs((of[g] ?? 0) - truth) / ((1 + g) * 10)).toBeLessThan(0.35);
      }
      const { from, to } = request.validation ?? { from: 0, to: 0 };
      let [loss, below] = [0, 0];
      for (let row = from; row < to; row++) {
        const missed = (labels[row] ?? 0) - (answers[row] ?? 0);
        loss += Math.max(quantile * missed, (quantile - 1) * missed);
        if (missed < 0) below++;
      }
      expect(model.validationLoss).toBeCloseTo(loss / (to - from), 6);
      expect(Math.abs(below / (to - from) - quantile)).toBeLessThan(0.03);
    }
  });

  test('levels under rows that are wildly wrong, by huber', async () => {
    const labels = Float64Array.from(
      { length: rows },
      (_, row) => 10 * group(row) + (random() - 0.5) * 2 + (random() < 0.02 ? 1e6 : 0),
    );
    const robust = await fitted(labels, { objective: 'huber', huberDelta: 2 });
    const means = await fitted(labels, {});
    for (let g = 0; g < groups; g++) {
      // One row in fifty pulls by delta: 0.02 · 2 / 0.98 = 0.04.
      expect(Math.abs((robust.of[g] ?? 0) - 10 * g)).toBeLessThan(0.2);
      expect(Math.abs((means.of[g] ?? 0) - 10 * g)).toBeGreaterThan(1_000);
    }
    const { from, to } = robust.request.validation ?? { from: 0, to: 0 };
    let loss = 0;
    for (let row = from; row < to; row++) {
      const size = Math.abs((robust.answers[row] ?? 0) - (labels[row] ?? 0));
      loss += size <= 2 ? (size * size) / 2 : 2 * (size - 1);
    }
    expect((robust.model.validationLoss ?? 0) / (loss / (to - from))).toBeCloseTo(1, 9);
  });

  test('rates of counts, by poisson', async () => {
    const rate = (g: number) => Math.exp(2 * g - 2);
    const labels = Float64Array.from({ length: rows }, (_, row) => {
      // Knuth, volume 2, section 3.4.1, algorithm Q.
      let [count, product] = [0, random()];
      const limit = Math.exp(-rate(group(row)));
      while (product > limit) {
        count++;
        product *= random();
      }
      return count;
    });
    // A score falls by half the learning rate a tree at most, and luck in validation would end that early.
    const counts = await fitted(labels, { objective: 'poisson', learningRate: 0.3 }, { validation: null });
    for (let g = 0; g < groups; g++) {
      const own = labels.subarray(0, rows * 0.75).filter((_, row) => group(row) === g);
      const mean = own.reduce((sum, label) => sum + label, 0) / own.length;
      expect(Math.abs((counts.of[g] ?? 0) / mean - 1)).toBeLessThan(0.005);
      // Four standard errors of a mean of 1,100 counts.
      expect(Math.abs((counts.of[g] ?? 0) / rate(g) - 1)).toBeLessThan(4 / Math.sqrt(1_100 * rate(g)));
    }
  });
});

describe.each([
  ['absolute', { objective: 'absolute' }],
  ['huber', { objective: 'huber', huberDelta: 5 }],
  ['poisson', { objective: 'poisson' }],
  ['quantile', { objective: 'quantile', quantile: 0.9 }],
] as const)('%s', (name, settings) => {
  const random = lehmer(41);
  const rows = 1_200;
  const x = numbers('x', rows, () => (random() < 0.1 ? NaN : random() * 10));
  const z = numbers('z', rows, () => random());
  const shop = Array.from({ length: rows }, () => 'abcdefgh'[Math.floor(random() * 8)] ?? 'a');
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const value = x.numbers[row] ?? Number.NaN;
    return Math.exp((Number.isNaN(value) ? 3 : value) / 2) * (1 + (z.numbers[row] ?? 0) + (shop[row] === 'c' ? 2 : 0));
  });
  const request = fitRequest(target, [x, z, { name: 'shop', kind: 'category', texts: shop }], labels, {
    settings: { ...usual, ...settings, earlyStoppingTrees: 200 },
    treesMax: 200,
  });

  test('the file answers as the model does', async () => {
    const model = await gbdtTrainer.fit(request);
    expect(model.trees).toBeGreaterThan(100);
    const own = model.predict(request.columns, { from: 0, to: rows });
    const answers = await answersOf(model, request.columns);
    const spread = Math.max(...own) - Math.min(...own);
    let largest = 0;
    for (const [row, value] of own.entries()) {
      const unit = name === 'poisson' ? value : spread;
      largest = Math.max(largest, Math.abs((answers[row] ?? Number.NaN) - value) / unit);
    }
    expect(largest).toBeLessThan(1e-6);
  });

  test('goes on from any checkpoint to the same bytes', async () => {
    const saved: unknown[] = [];
    const short = { ...request, treesMax: 60 };
    const whole = await gbdtTrainer.fit({
      ...short,
      checkpoint: { load: async () => null, save: async (state) => void saved.push(structuredClone(state)) },
    });
    expect(saved).toHaveLength(2);
    const resumed = await gbdtTrainer.fit({
      ...short,
      checkpoint: { load: async () => JSON.parse(JSON.stringify(saved[0])), save: async () => undefined },
    });
    expect(Buffer.from(whole.toOnnx('d')).equals(resumed.toOnnx('d'))).toBe(true);
  });
});
