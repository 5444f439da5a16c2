import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Expression } from '../../domain/features/expressions/expression.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { completeTrainer, defaultTrainers } from '../../domain/spec/trainer-spec.ts';
import { command, gbdt, linear, worker } from '../../sdk/declare/trainer/trainer.ts';
import { answerByRules, answerWith, outlier, repair } from '../../sdk/index.ts';
import { planSpec } from './plan-spec.ts';
import { writeDefinition } from './write-definition.ts';

let dir: string;
beforeAll(async () => {
  // Inside the project, so that the import of the SDK resolves; not in `models/`, where other tests read all files.
  const state = join(import.meta.dirname, '../../../.perennial');
  await mkdir(state, { recursive: true });
  dir = await mkdtemp(join(state, 'written-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;
async function evaluate(spec: ModelSpec): Promise<unknown> {
  const path = join(dir, `model-${files++}.ts`);
  await writeFile(path, writeDefinition(spec, '../../src/sdk/index.ts'));
  return firstExport(path);
}

async function firstExport(path: string): Promise<unknown> {
  const module: Record<string, unknown> = await import(path);
  return Object.values(module)[0];
}

const base = planSpec({
  name: 'shop.odd-names',
  file: { path: "data/it's odd.csv", format: 'csv' },
  features: [
    { kind: 'number', name: 'plain', missing: 'allow', integer: true },
    { kind: 'category', name: 'with space "and" \'quotes\'\\', missing: 'allow' },
    { kind: 'category', name: 'größe', missing: 'refuse', values: ['S', "M'", 'L'] },
    { kind: 'boolean', name: 'class', missing: 'refuse' },
    { kind: 'time', name: 'at', missing: 'allow', about: 'when' },
  ],
  target: { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: { rows: 33 } },
  standardDeviation: null,
  entity: { column: 'who' },
  eventTime: { column: 'at' },
  rows: 9_000,
  historyRows: 1_800,
});

const plain: Expression = { op: 'column', name: 'plain' };
const size: Expression = { op: 'column', name: 'größe' };
const at: Expression = { op: 'column', name: 'at' };
const operations: readonly Expression[] = [
  { op: 'sum', of: [plain, { op: 'value', value: -1.5 }, plain] },
  {
    op: 'ratio',
    of: [
      { op: 'log1p', of: [plain] },
      { op: 'difference', of: [plain, { op: 'value', value: 2 }] },
    ],
  },
  { op: 'product', of: [plain, { op: 'clip', of: [plain], min: -1, max: 3 }] },
  { op: 'bucket', of: [plain], edges: [1, 2.5] },
  { op: 'coalesce', of: [plain, { op: 'age', of: [at, at], unit: 'hours' }] },
  { op: 'hour', of: [at], timeZone: '+05:30' },
  { op: 'month', of: [at], timeZone: 'UTC' },
  { op: 'weekday', of: [at], timeZone: 'UTC' },
  { op: 'dayOfMonth', of: [at], timeZone: '-03:00' },
  { op: 'textLength', of: [size] },
  { op: 'isMissing', of: [size] },
  { op: 'isWord', of: [size], word: "M'" },
  { op: 'cross', of: [size, size] },
  { op: 'holds', of: [plain, { op: 'value', value: 3 }], sign: '>=' },
];
const everyOperator = operations.map((expression, index) => ({
  name: `derived ${index}`,
  expression,
  ...(index === 0 ? { about: 'the first' } : {}),
}));

test('evaluating the written file gives the same spec', async () => {
  expect(await evaluate(base)).toEqual(base);
  const fraud: unknown = await firstExport(join(import.meta.dirname, '../../../models/fraud.ts'));
  expect(await evaluate(fraud as ModelSpec)).toEqual(fraud);
  const rest: ModelSpec = {
    ...base,
    target: { task: 'regression', column: 'y', labelDelay: { ms: 90_000 } },
    gates: [
      { gate: 'atMost', metric: 'rmse', value: 3 },
      { gate: 'betterThanBaseline', baseline: 'linear', metric: 'mae', by: 0.1 },
      { gate: 'noWorseThanChampion', metric: 'rmse', margin: 0.5, alpha: 0.01 },
      { gate: 'noWorseInSlices', metric: 'mae', margin: 1, alpha: 0.05, slices: ['new', 'größe'], undecided: 'ask' },
    ],
    slices: ['größe', { name: 'new', feature: 'plain', from: 1, below: 5 }],
    watch: { ...base.watch, window: { ms: 300_000 }, webhooks: ['http://127.0.0.1:1/x'] },
    trainer: { ...defaultTrainers.linear, historyShares: [1], l2: 3 },
    retrain: {
      ...base.retrain,
      schedule: { ms: 86_400_000 },
      staleAfter: { rows: 10_000 },
      onDecay: false,
      budget: { runs: 3, per: { ms: 1_500 } },
    },
  };
  expect(await evaluate({ ...base, derived: everyOperator })).toEqual({ ...base, derived: everyOperator });
  const usual = completeSpec({ ...rest });
  expect(
    await evaluate({
      ...rest,
      rollout: { ...usual.rollout, promotion: { ...usual.rollout.promotion, metric: 'mae', margin: 1 } },
    }),
  ).toMatchObject({
    gates: rest.gates,
    slices: rest.slices,
    watch: rest.watch,
    trainer: rest.trainer,
    retrain: rest.retrain,
  });
});

test('programs of somebody else', async () => {
  for (const trainer of [
    command(['python', 'train.py'], {
      folder: 'fraud',
      settings: { depth: null, of: { a: 1 } },
      secrets: ['hf-token'],
    }),
    worker('perennial-gpu', { trainer: 'fraud', tag: 'a100', serving: { process: 'own' } }),
  ]) {
    const spec = { ...base, trainer: completeTrainer(trainer) };
    expect(await evaluate(spec)).toEqual(spec);
  }
});

test('what trainers of the platform can be told, with gates that follow the loss', async () => {
  const { trainer: _, gates: _gates, rollout: _rollout, watch, ...rest } = base;
  const { correction: _correction, ...uncorrected } = watch;
  const odd = { kind: 'number', name: 'odd "x"', missing: 'allow' } as const;
  for (const trainer of [
    gbdt({ objective: 'quantile', quantile: 0.9, rowShare: 0.5, columnShare: 0.8, weightColumn: 'plain' }),
    gbdt({ objective: 'huber', huberDelta: 2.5, monotone: { plain: 'decreasing', [odd.name]: 'increasing' } }),
    linear({ l1: 0.25 }),
  ]) {
    const target = { task: 'regression', column: 'y', labelDelay: { rows: 33 } } as const;
    const features = [...rest.features, odd];
    const spec = completeSpec({ ...rest, features, target, trainer, watch: uncorrected });
    expect(await evaluate(spec)).toEqual(spec);
  }
});

test('gates between groups', async () => {
  const binary: ModelSpec = {
    ...base,
    target: { task: 'binary', column: 'y', positive: 'a', negative: 'b', labelDelay: { rows: 33 } },
    gates: [{ gate: 'fair', measure: 'calibration', atMost: 0.1, slices: ['größe'], undecided: 'wait' }],
    slices: ['größe'],
  };
  expect(await evaluate(binary)).toMatchObject({ gates: binary.gates, slices: binary.slices });
});

test('gates on what the candidate takes', async () => {
  const footprint: ModelSpec = {
    ...base,
    gates: [
      { gate: 'footprint', figure: 'latencyP99Ms', atMost: 20, undecided: 'ask' },
      { gate: 'footprint', figure: 'rowsPerCoreSecond', atLeastTimesChampion: 0.8, batchRows: 8, undecided: 'wait' },
      { gate: 'footprint', figure: 'costPer1000', atMost: 1, price: { perCoreHour: 0.04 }, undecided: 'ask' },
    ],
  };
  expect(await evaluate(footprint)).toMatchObject({ gates: footprint.gates });
});

test('what has no default is written as it was declared', async () => {
  const declared: ModelSpec = {
    ...base,
    repairs: [
      repair.trim('with space "and" \'quotes\'\\'),
      repair.map('with space "and" \'quotes\'\\', { "it's": 'S', 'n/a': null }),
      { repair: 'map', column: 'größe', values: [{ from: '2020', to: 'L' }] },
      repair.fill('plain', { lastKnownBy: 'who' }),
    ],
    outliers: [outlier.clip({ quantiles: [0.001, 0.999], features: ['plain'] })],
    leakage: { action: 'stop', suspectFrom: 0.97, allow: ['class'], reason: "it's known before" },
    fallback: answerByRules([{ when: { feature: 'plain', op: '>', value: 3 }, answer: 'b' }], 'a'),
  };
  expect(await evaluate(declared)).toEqual(declared);
  const same: ModelSpec = { ...base, fallback: answerWith('c') };
  expect(await evaluate(same)).toEqual(same);
});

test('a table with numbers for names is written as the plain spec, which keeps their order', async () => {
  const spec = {
    ...base,
    features: [
      { kind: 'number', name: '10', missing: 'allow' },
      { kind: 'number', name: '2', missing: 'allow' },
    ],
  } as const;
  expect(await evaluate(spec)).toEqual(spec);
});

test('only what differs from the defaults is written', () => {
  const spec = completeSpec({
    name: 'small',
    about: base.about,
    features: [{ kind: 'number', name: 'x', missing: 'refuse' }],
    target: { task: 'regression', column: 'y', labelDelay: { rows: 500 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  });
  const about =
    `{ owner: 'nobody yet', useCase: 'Predict y for each row as it arrives.', ` +
    `successCriterion: 'A lower log loss on live rows than a model that is never retrained.' }`;
  expect(writeDefinition(spec)).toBe(`import { csv, defineModel, number, regression } from '../src/sdk/index.ts';

export const smallModel = defineModel('small', {
  about: ${about},
  source: csv('x.csv'),
  features: {
    x: number(),
  },
  target: regression('y', { labelDelay: '500 rows' }),
});
`);
});

test('how times are written is written down, of a feature and of a bare event time', async () => {
  const reading = { dateOrder: 'day-first', timeZone: 'Europe/Berlin', epochUnit: 'seconds' } as const;
  const feature: ModelSpec = {
    ...base,
    features: base.features.map((one) => (one.name === 'at' ? { ...one, ...reading } : one)),
  };
  expect(await evaluate(feature)).toEqual(feature);
  const bare: ModelSpec = { ...base, eventTime: { column: 'happened', ...reading } };
  expect(await evaluate(bare)).toEqual(bare);
});

test('a column called __proto__ is one', async () => {
  const odd: ModelSpec = {
    ...base,
    features: [...base.features, { kind: 'number', name: '__proto__', missing: 'allow' }],
  };
  expect(await evaluate(odd)).toEqual(odd);
});
