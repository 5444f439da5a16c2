import { describe, expect, test } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import { defaultTrainers, type GbdtSpec } from '../../../domain/spec/trainer-spec.ts';
import { columnsOf, type FeatureColumn, type FeatureColumns } from '../../../onnx/run/columns.ts';
import { answersOf } from '../../../../tests/worlds/answers-of.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import type { FittedModel } from '../../interface.ts';
import { gbdtTrainer } from './gbdt.ts';

const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
const monotone = { amount: 'increasing', age: 'decreasing' } as const;
const rows = 1_500;

/** The answer goes up and down with both features, and with what else is known: each promise is hard to keep. */
function world(target: TargetSpec, settings: Partial<GbdtSpec>) {
  const random = lehmer(29);
  const draw = (missing: number) =>
    Float64Array.from({ length: rows }, () => (random() < missing ? NaN : random() * 10));
  const [amount, age, other] = [draw(0.1), draw(0), draw(0.05)];
  const shop = Array.from({ length: rows }, () => 'abcdef'[Math.floor(random() * 6)] ?? 'a');
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = [amount[row] ?? 0, age[row] ?? 0, other[row] ?? 0].map((x) => (Number.isNaN(x) ? 9 : x));
    const turn = shop[row] === 'a' || shop[row] === 'c' ? -1 : 1;
    const answer =
      turn * Math.sin((a ?? 0) * 1.3) * 3 + (a ?? 0) * 0.3 - Math.cos((b ?? 0) * (c ?? 0) * 0.2) * 2 - (b ?? 0) * 0.3;
    const noisy = answer + random() * 2;
    return target.task === 'regression' ? Math.round(Math.exp(noisy / 4) * 10) : noisy > 0.5 ? 1 : 0;
  });
  const columns: FeatureColumn[] = [
    { name: 'amount', kind: 'number', numbers: amount },
    { name: 'age', kind: 'number', numbers: age },
    { name: 'other', kind: 'number', numbers: other },
    { name: 'shop', kind: 'category', texts: shop },
  ];
  return fitRequest(target, columns, labels, {
    settings: { ...defaultTrainers.gbdt, learningRate: 0.1, ...settings },
    treesMax: 40,
  });
}

const steps = 60;

/** Some rows, each as often as there are steps, the feature growing from step to step; a third have no `other`. */
function ladder(feature: 'amount' | 'age', seed: number): FeatureColumns {
  const random = lehmer(seed);
  const cases = 100;
  const drawn = Array.from({ length: cases }, () => ({
    amount: random() * 12 - 1,
    age: random() * 12 - 1,
    other: random() < 0.3 ? NaN : random() * 10,
    shop: random() < 0.1 ? null : ('abcdefz'[Math.floor(random() * 7)] ?? null),
  }));
  const grid = Array.from({ length: steps }, () => random() * 14 - 2).toSorted((a, b) => a - b);
  const column = (name: 'amount' | 'age' | 'other'): FeatureColumn => ({
    name,
    kind: 'number',
    numbers: Float64Array.from({ length: cases * steps }, (_, i) =>
      name === feature ? (grid[i % steps] ?? 0) : (drawn[Math.floor(i / steps)]?.[name] ?? NaN),
    ),
  });
  const texts = Array.from({ length: cases * steps }, (_, i) => drawn[Math.floor(i / steps)]?.shop ?? null);
  return columnsOf(cases * steps, [
    column('amount'),
    column('age'),
    column('other'),
    { name: 'shop', kind: 'category', texts },
  ]);
}

/** By how much the file's answer moves against the promise from one step to the next, at most. */
async function worst(model: FittedModel, feature: 'amount' | 'age', width: number): Promise<number> {
  const sign = monotone[feature] === 'increasing' ? 1 : -1;
  let largest = 0;
  for (const seed of [3, 5]) {
    // oxlint-disable-next-line no-await-in-loop -- one session at a time
    const answers = await answersOf(model, ladder(feature, seed));
    for (let i = 1; i < answers.length / width; i++) {
      if (i % steps === 0) continue;
      const [before = 0, after = 0] = [answers[i * width - 1], answers[i * width + width - 1]];
      largest = Math.max(largest, sign * (before - after));
    }
  }
  return largest;
}

describe.each([
  ['the squared error', regression, {}],
  ['huber', regression, { objective: 'huber', huberDelta: 3 }],
  ['poisson', regression, { objective: 'poisson' }],
  ['half the rows and columns', regression, { rowShare: 0.5, columnShare: 0.6 }],
  ['two classes', binary, {}],
] as const)('monotone features with %s', (_name, target, settings) => {
  const width = target.task === 'binary' ? 2 : 1;

  test.each(['amount', 'age'] as const)('no answer of the file moves against %s', async (feature) => {
    const model = await gbdtTrainer.fit(world(target, { ...settings, monotone }));
    const free = await gbdtTrainer.fit(world(target, settings));
    expect(model.trees).toBeGreaterThan(10);
    // Both features are still read.
    expect(model.importance.find((one) => one.feature === feature)?.gain).toBeGreaterThan(0.01);
    // A float32 sigmoid is not monotone to its last bit; sums, and exponentials in double precision, are.
    expect(await worst(model, feature, width)).toBeLessThanOrEqual(target.task === 'binary' ? 1e-6 : 0);
    expect(await worst(free, feature, width)).toBeGreaterThan(0.05);
  });
});

test('a promise that the rows keep anyway costs next to nothing', async () => {
  const random = lehmer(31);
  const x = Float64Array.from({ length: rows }, () => random() * 10);
  const labels = Float64Array.from(x, (value) => value * value + (random() - 0.5) * 5);
  const request = (settings: Partial<GbdtSpec>) =>
    fitRequest(regression, [{ name: 'x', kind: 'number', numbers: x }], labels, {
      settings: { ...defaultTrainers.gbdt, ...settings },
      treesMax: 300,
    });
  const free = await gbdtTrainer.fit(request({}));
  const held = await gbdtTrainer.fit(request({ monotone: { x: 'increasing' } }));
  expect((held.validationLoss ?? 0) / (free.validationLoss ?? 1)).toBeLessThan(1.05);
});
