import { describe, expect, expectTypeOf, it } from 'vitest';

import { checkSpec } from '../../domain/spec/check-spec.ts';
import { defaultRetention, describeRetention } from '../../domain/spec/default-retention.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import {
  atLeast,
  atMost,
  betterThanBaseline,
  binary,
  boolean,
  category,
  cron,
  csv,
  defineModel,
  footprint,
  gbdt,
  linear,
  money,
  multiclass,
  noWorseThanChampion,
  number,
  parquet,
  postgres,
  per,
  regression,
  time,
  unique,
  type LabelOf,
} from '../index.ts';

const about = { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' };
const features = {
  amount: number({ min: 0 }),
  plan: category(['free', 'pro'] as const),
  city: category(),
  mobile: boolean({ missing: 'allow' }),
  at: time(),
};
const target = binary('outcome', { positive: 'fraud', negative: 'genuine', labelDelay: '2 days' });

const churn = defineModel('payments.churn', {
  about,
  features,
  target,
  source: csv('a.csv'),
  entity: 'customer',
  eventTime: 'at',
  contract: { rules: [unique(['customer', 'at'])] },
  trainer: gbdt({ treesMax: 50 }),
  gates: [
    atLeast('auroc', 0.8),
    atMost('logLoss', 0.5),
    betterThanBaseline('auroc'),
    noWorseThanChampion('value', { margin: 0.1 }),
  ],
  slices: ['plan', 'mobile'],
  value: {
    currency: 'EUR',
    truePositive: money(-3),
    falsePositive: money(-5),
    trueNegative: money(0),
    falseNegative: money(0, per('amount', -1)),
  },
  rollout: {
    shadow: '10 minutes',
    canary: [{ percent: 5, extent: '5 days', rowsMin: 500 }],
    promotion: { metric: 'brier' },
  },
  watch: { window: '200 rows' },
  retrain: { schedule: '7 days', staleAfter: null, budget: { runs: 2, per: '1 day' } },
});

describe('defineModel', () => {
  it('gives plain JSON with every default filled in', () => {
    expect(JSON.parse(JSON.stringify(churn))).toEqual(churn);
    expect(() => canonicalJson(churn)).not.toThrow();
    expect(checkSpec(churn)).toEqual([]);
    expect(churn.features.map(({ name }) => name)).toEqual(['amount', 'plan', 'city', 'mobile', 'at']);
    expect(churn.features[0]).toEqual({ name: 'amount', kind: 'number', min: 0, missing: 'refuse' });
    expect(churn.target).toEqual({
      task: 'binary',
      column: 'outcome',
      positive: 'fraud',
      negative: 'genuine',
      labelDelay: { ms: 172_800_000 },
    });
    expect(churn.rollout.shadow).toEqual({ ms: 600_000 });
    expect(churn.rollout.canary).toEqual([{ percent: 5, extent: { ms: 432_000_000 }, rowsMin: 500 }]);
    expect(churn.rollout.lookEvery).toEqual({ rows: 200 });
    expect(churn.rollout.promotion.metric).toBe('brier');
    expect(churn.retrain).toMatchObject({
      schedule: { ms: 604_800_000 },
      staleAfter: null,
      budget: { runs: 2, per: { ms: 86_400_000 } },
      cooldown: { rows: 400 },
    });
    expect(churn.value?.falseNegative).toEqual({ fixed: 0, per: { column: 'amount', factor: -1 } });
    expect(churn.trainer).toMatchObject({ kind: 'gbdt', treesMax: 50 });
  });

  it('takes a schedule by the calendar', () => {
    const schedule = cron('0 3 * * 1', 'Europe/Berlin');
    const { retrain } = defineModel('m', {
      about,
      features,
      target,
      source: csv('a.csv'),
      retrain: { schedule, onSourceChange: true },
    });
    expect(retrain).toMatchObject({
      schedule: { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' },
      onSourceChange: true,
    });
  });

  it('takes what a candidate may take as a program, in units or in factors of the champion', () => {
    const price = { perCoreHour: 0.04 };
    const { gates } = defineModel('m', {
      about,
      features,
      target,
      source: csv('a.csv'),
      gates: [
        footprint('latencyP99Ms', { atMost: 20 }),
        footprint('rowsPerCoreSecond', { atLeastTimesChampion: 0.8, batchRows: 32 }),
        footprint('costPer1000', { atMost: 0.01, price, undecided: 'wait' }),
      ],
    });
    expect(gates).toEqual([
      { gate: 'footprint', figure: 'latencyP99Ms', atMost: 20, undecided: 'ask' },
      {
        gate: 'footprint',
        figure: 'rowsPerCoreSecond',
        atLeastTimesChampion: 0.8,
        batchRows: 32,
        undecided: 'ask',
      },
      { gate: 'footprint', figure: 'costPer1000', atMost: 0.01, price, undecided: 'wait' },
    ]);
    // @ts-expect-error -- more rows are better
    const upsideDown = footprint('rowsPerCoreSecond', { atMost: 1 });
    expect(() => defineModel('m', { about, features, target, source: csv('a.csv'), gates: [upsideDown] })).toThrow(
      'gates[0].atMost',
    );
  });

  it('names every wrong path with its fix when types could not', () => {
    const make = () =>
      defineModel('Bad Name', { about, features, target, source: csv('a.csv'), split: { testShare: 1.5 } });
    const error = errorOf(make);
    expect(error.code).toBe('invalid_spec');
    expect(error.path).toBe('name');
    expect(error.message).toContain('split.testShare');
    expect(error.hint).toContain('lower-case');
  });

  it('refuses feature names that would not keep their place', () => {
    const error = errorOf(() =>
      defineModel('m', { about, features: { a: number(), 2020: number() }, target, source: csv('a.csv') }),
    );
    expect(error).toMatchObject({ code: 'invalid_spec', path: 'features.2020' });
  });

  it('says where an extent is wrong', () => {
    const error = errorOf(() =>
      defineModel('m', {
        about,
        features,
        target,
        source: csv('a.csv'),
        rollout: { canary: [{ percent: 5, extent: '1.5 rows' }] },
      }),
    );
    expect(error).toMatchObject({ code: 'invalid_spec', path: 'rollout.canary[0].extent' });
  });

  it('declares multiclass and regression, linear and parquet', () => {
    const weather = defineModel('weather', {
      about,
      features,
      target: multiclass('sky', { classes: ['sun', 'rain', 'snow'] }),
      source: parquet('a.parquet', { rowsMax: 10 }),
      trainer: linear({ l2: 2 }),
      gates: [atLeast('accuracy', 0.5)],
    });
    const price = defineModel('price', {
      about,
      features,
      target: regression('price'),
      source: csv('a.csv'),
      gates: [atMost('rmse', 3)],
    });
    const cursor = { column: 'at', tieBreaker: 'id' };
    expect(postgres({ secret: 'shop', query: 'select 1', cursor, traffic: 'ignore' })).toEqual({
      kind: 'postgres',
      secret: 'shop',
      query: 'select 1',
      cursor,
      traffic: 'ignore',
    });
    expect(weather.source).toEqual({ kind: 'file', path: 'a.parquet', format: 'parquet', rowsMax: 10 });
    expect(weather.trainer).toEqual({ kind: 'linear', l2: 2, historyShares: [1, 0.5, 0.25], refit: true, seed: 1 });
    // @ts-expect-error -- a linear model has no trees
    linear({ treesMax: 5 });
    expect(price.rollout.promotion.metric).toBe('rmse');
    expectTypeOf<LabelOf<typeof weather>>().toEqualTypeOf<'sun' | 'rain' | 'snow'>();
    expectTypeOf<LabelOf<typeof price>>().toEqualTypeOf<number>();
  });
});

function errorOf(make: () => unknown) {
  try {
    make();
  } catch (error) {
    if (isPerennialError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('retention takes durations, null for ever, and has defaults for the rest', () => {
  const given = { about, features, target, source: csv('a.csv') };
  const { retention } = defineModel('kept', { ...given, retention: { predictions: '90 days', artifacts: null } });
  expect(retention).toEqual({ ...defaultRetention, predictions: { ms: 90 * 86_400_000 }, artifacts: null });
  expect(describeRetention(retention)).toMatch(/^keeps predictions 90 d, labels 400 d, .*, artifacts for ever$/);
  expect(() => defineModel('kept', { ...given, retention: { labels: '2 hours' } })).toThrow('retention.labels');
});

it('keeps how files write times, and refuses a key that makes an object another one', () => {
  const base = { about, target, source: csv('a.csv') } as const;
  const spec = defineModel('m', {
    ...base,
    features: { at: time({ dateOrder: 'day-first', timeZone: 'Europe/Berlin', missing: 'allow' }) },
    eventTime: { column: 'happened', epochUnit: 'seconds' },
  });
  expect(spec.features).toEqual([
    { name: 'at', kind: 'time', missing: 'allow', dateOrder: 'day-first', timeZone: 'Europe/Berlin' },
  ]);
  expect(spec.eventTime).toEqual({ column: 'happened', epochUnit: 'seconds' });
  const odd = { amount: number(), ['__proto__']: number() };
  expect(defineModel('m', { ...base, features: odd }).features.map(({ name }) => name)).toEqual([
    'amount',
    '__proto__',
  ]);
  const lost = Object.setPrototypeOf({ amount: number() }, number());
  expect(() => defineModel('m', { ...base, features: lost })).toThrow(
    'features: __proto__ is no key of an object in JavaScript',
  );
});
