import { describe, expectTypeOf, it } from 'vitest';
import {
  age,
  atLeast,
  binary,
  boolean,
  category,
  coalesce,
  col,
  cross,
  csv,
  defineModel,
  derived,
  holds,
  hour,
  log1p,
  money,
  noWorseThanChampion,
  number,
  per,
  ratio,
  regression,
  sum,
  time,
  type InputOf,
  type LabelOf,
} from '../index.ts';

/** Nothing here runs: what it says is checked by the typecheck alone. */
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
});

describe('types of a definition', () => {
  it('carries inputs and labels', () => {
    expectTypeOf<InputOf<typeof churn>>().toEqualTypeOf<{
      readonly amount: number;
      readonly plan: 'free' | 'pro';
      readonly city: string;
      readonly at: string | number;
      readonly mobile?: boolean | null;
      readonly customer?: string | number;
    }>();
    expectTypeOf<LabelOf<typeof churn>>().toEqualTypeOf<'fraud' | 'genuine'>();
    expectTypeOf(churn.name).toEqualTypeOf<'payments.churn'>();
  });

  it('takes how files write an event time that is no feature', () => {
    const { at: _at, ...rest } = features;
    const bare = defineModel('payments.bare', {
      about,
      features: rest,
      target,
      source: csv('a.csv'),
      eventTime: { column: 'happened', dateOrder: 'day-first', timeZone: 'Europe/Berlin', epochUnit: 'seconds' },
    });
    expectTypeOf<InputOf<typeof bare>>().toHaveProperty('happened').toEqualTypeOf<string | number | undefined>();
    void ((): unknown[] => [
      // @ts-expect-error no order of that name
      time({ dateOrder: 'us' }),
    ]);
  });

  it('a derived feature is no input, and its expression has a type', () => {
    const orders = defineModel('orders', {
      about,
      features: {
        amount: number({ use: 'derived' }),
        items: number({ missing: 'allow' }),
        at: time(),
        perItem: derived(ratio(col('amount'), sum(col('items'), 1))),
      },
      target,
      source: csv('a.csv'),
    });
    expectTypeOf<InputOf<typeof orders>>().toEqualTypeOf<{
      readonly amount: number;
      readonly items?: number | null;
      readonly at: string | number;
    }>();
    void ((): unknown[] => [
      // @ts-expect-error the hour of a number
      hour(ratio(col('amount'), 2)),
      // @ts-expect-error a category is no number
      log1p(cross(col('plan'), col('city'))),
      // @ts-expect-error a time and a number
      holds(age(col('at'), col('at'), 'days'), '<', coalesce<'time'>(col('at'))),
      // @ts-expect-error no such unit
      age(col('at'), col('at'), 'weeks'),
    ]);
  });

  it('refuses at compile time what types can see', () => {
    const base = { about, features, target, source: csv('a.csv') } as const;
    void ((): unknown[] => [
      // @ts-expect-error a number does not make slices
      defineModel('m', { ...base, slices: ['amount'] }),
      // @ts-expect-error no such feature
      defineModel('m', { ...base, slices: ['plans'] }),
      // @ts-expect-error a category has no ranges
      defineModel('m', { ...base, slices: [{ name: 'x', feature: 'plan', from: 1 }] }),
      defineModel('m', { ...base, slices: [{ name: 'x', feature: 'amount', from: 1 }] }),
      // @ts-expect-error rmse does not exist for a binary target
      defineModel('m', { ...base, gates: [noWorseThanChampion('rmse', { margin: 1 })] }),
      // @ts-expect-error auroc does not exist for regression
      defineModel('m', { ...base, target: regression('price'), gates: [atLeast('auroc', 0.8)] }),
      // @ts-expect-error a loss has no lower threshold
      atLeast('logLoss', 0.5),
      defineModel('m', {
        ...base,
        value: {
          currency: 'EUR',
          truePositive: money(0),
          falsePositive: money(0),
          trueNegative: money(0),
          // @ts-expect-error money grows with number features only
          falseNegative: money(0, per('plan', -1)),
        },
      }),
      defineModel('m', {
        ...base,
        target: regression('price'),
        // @ts-expect-error value needs a binary target
        value: {
          currency: 'EUR',
          truePositive: money(0),
          falsePositive: money(0),
          trueNegative: money(0),
          falseNegative: money(0),
        },
      }),
      // @ts-expect-error not a unit of time
      defineModel('m', { ...base, watch: { window: '5 fortnights' } }),
      // @ts-expect-error promotion by a metric of another task
      defineModel('m', { ...base, rollout: { promotion: { metric: 'mae' } } }),
      // @ts-expect-error the owner is part of what a model is for
      defineModel('m', { ...base, about: { useCase: '', successCriterion: '' } }),
    ]);
  });
});
