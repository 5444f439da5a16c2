import { describe, expect, test } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import { defaultTrainers, type GbdtSpec } from '../../../domain/spec/trainer-spec.ts';
import type { FeatureColumn } from '../../../onnx/run/columns.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { gbdtTrainer } from './gbdt.ts';
import { drawShare } from './sample.ts';

describe('a draw', () => {
  test('takes as many as asked, each once, in order, and at least one', () => {
    for (const share of [0.001, 0.1, 1 / 3, 0.5, 0.999, 1]) {
      const drawn = drawShare(share, 1_000, 7, 3, 'rows');
      expect(drawn).toHaveLength(Math.max(1, Math.round(share * 1_000)));
      expect([...new Set(drawn)]).toEqual([...drawn].toSorted((a, b) => a - b));
      expect(drawn.every((row) => row >= 0 && row < 1_000)).toBe(true);
    }
    expect(drawShare(0.5, 1, 0, 0, 'columns')).toEqual(Int32Array.of(0));
  });

  test('is another one for each seed, tree and purpose, and the same for the same', () => {
    const drawn = [
      drawShare(0.5, 200, 1, 0, 'rows'),
      drawShare(0.5, 200, 2, 0, 'rows'),
      drawShare(0.5, 200, 1, 1, 'rows'),
      drawShare(0.5, 200, 1, 0, 'columns'),
      drawShare(0.5, 200, 4_294_967_295, 0, 'rows'),
    ].map(String);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(String(drawShare(0.5, 200, 1, 0, 'rows'))).toBe(drawn[0]);
  });

  test('takes each number equally often, and pairs as often as chance does', () => {
    const [draws, count, share] = [4_000, 40, 0.3];
    const taken = new Float64Array(count);
    let neighbours = 0;
    for (let tree = 0; tree < draws; tree++) {
      const drawn = new Set(drawShare(share, count, 11, tree, 'rows'));
      for (const row of drawn) {
        taken[row] = (taken[row] ?? 0) + 1;
        if (drawn.has(row + 1)) neighbours++;
      }
    }
    // About chi-squared with 39 degrees of freedom: one in 1,000 beyond 74, one in 7,000 below 15.
    const expected = draws * share;
    const statistic = taken.reduce((sum, times) => sum + (times - expected) ** 2 / (expected * (1 - share)), 0);
    expect(statistic).toBeLessThan(74);
    expect(statistic).toBeGreaterThan(15);
    const pairs = draws * 39 * ((12 * 11) / (40 * 39));
    expect(Math.abs(neighbours / pairs - 1)).toBeLessThan(0.03);
  });
});

const targets: readonly TargetSpec[] = [
  { task: 'regression', column: 'y', labelDelay: { rows: 0 } },
  { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } },
  { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: { rows: 0 } },
];
const usual: GbdtSpec = { ...defaultTrainers.gbdt, earlyStoppingTrees: 100, learningRate: 0.1 };

function world(target: TargetSpec, settings: Partial<GbdtSpec>, treesMax = 30) {
  const random = lehmer(13);
  const rows = 700;
  const columns = Array.from({ length: 6 }, (_, f): FeatureColumn & { numbers: Float64Array } => ({
    name: `f${f}`,
    kind: 'number',
    numbers: Float64Array.from({ length: rows }, () => random()),
  }));
  const classes = target.task === 'binary' ? 2 : 3;
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const answer = ((columns[0]?.numbers[row] ?? 0) + (columns[1]?.numbers[row] ?? 0) + random()) / 3;
    return target.task === 'regression' ? answer : Math.min(classes - 1, Math.floor(answer * classes));
  });
  return fitRequest(target, columns, labels, { settings: { ...usual, ...settings }, treesMax });
}

const bytesOf = async (request: ReturnType<typeof world>) =>
  Buffer.from((await gbdtTrainer.fit(request)).toOnnx('d')).toString('base64');

describe.each(targets)('trees of $task that see a part', (target) => {
  const sampled = { rowShare: 0.6, columnShare: 0.5 };

  test('a share of 1 is what is said of nothing, and a seed changes nothing there', async () => {
    const usually = await bytesOf(world(target, {}));
    expect(await bytesOf(world(target, { rowShare: 1, columnShare: 1, seed: 99 }))).toBe(usually);
    for (const share of [{ rowShare: 0.6 }, { columnShare: 0.5 }]) {
      // oxlint-disable-next-line no-await-in-loop -- one fit at a time
      const [one, other] = [await bytesOf(world(target, share)), await bytesOf(world(target, { ...share, seed: 2 }))];
      expect(one).not.toBe(usually);
      expect(one).not.toBe(other);
    }
  });

  test('a fit that goes on from any tree gives the same bytes', async () => {
    const request = world(target, sampled);
    let rounds: unknown[] = [];
    const checkpoint = {
      load: async () => null,
      save: async (state: unknown) => {
        if (typeof state === 'object' && state !== null && 'rounds' in state && Array.isArray(state.rounds))
          rounds = structuredClone(state.rounds);
      },
    };
    const whole = await bytesOf({ ...request, checkpoint });
    expect(rounds).toHaveLength(25);
    for (const at of [1, 2, 7, 24, 25]) {
      const resumed = { load: async () => ({ rounds: rounds.slice(0, at) }), save: async () => undefined };
      // oxlint-disable-next-line no-await-in-loop -- one fit at a time
      expect(await bytesOf({ ...request, checkpoint: resumed }), `from tree ${at}`).toBe(whole);
    }
  });
});

test('a draw of columns that cannot be split does not end the training', async () => {
  const random = lehmer(19);
  const rows = 700;
  const numbers = (of: () => number): Float64Array => Float64Array.from({ length: rows }, of);
  const signal = numbers(random);
  const columns: FeatureColumn[] = [
    { name: 'signal', kind: 'number', numbers: signal },
    ...['a', 'b', 'c', 'd', 'e'].map((name): FeatureColumn => ({ name, kind: 'number', numbers: numbers(() => 1) })),
  ];
  const request = fitRequest({ task: 'regression', column: 'y', labelDelay: { rows: 0 } }, columns, signal.slice(), {
    settings: { ...usual, columnShare: 0.2 },
    treesMax: 60,
  });
  const model = await gbdtTrainer.fit(request);
  const spread = 1 / Math.sqrt(12);
  // One tree in six may ask, and each of them takes a tenth of the way: 0.9^10 = 0.35.
  expect(model.validationLoss).toBeLessThan(0.6 * spread);
});
