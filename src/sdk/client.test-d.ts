import { describe, expectTypeOf, it } from 'vitest';

import type {
  AlertView,
  DecisionView,
  HistoryView,
  MoveView,
  RunDetailView,
  StatusView,
  VersionView,
} from '../contracts/http/views.ts';
import type { AbTestView } from '../contracts/http/ab-tests.ts';
import type { CommandAnswer } from '../contracts/http/answers.ts';
import { connect, named, type AnswerOf, type ModelClient, type RowOf } from './client.ts';
import type { AbTestDetail } from './client/ab-test-views.ts';
import type {
  AlertState,
  CommandReceipt,
  ModelDecision,
  ModelHistory,
  ModelMove,
  ModelStatus,
  ModelVersion,
  RunDetail,
} from './client/client-views.ts';
import {
  binary,
  boolean,
  category,
  csv,
  defineModel,
  multiclass,
  number,
  regression,
  type DefinedModel,
} from './index.ts';

// Nothing here runs: what it says is checked by the typecheck alone.

const about = { owner: 'shop', useCase: 'Tests.', successCriterion: 'They pass.' };
const orders = defineModel('orders', {
  about,
  source: csv('orders.csv'),
  entity: 'customer',
  features: { basket: number({ min: 0 }), country: category(['DE', 'FR']), gift: boolean({ missing: 'allow' }) },
  target: binary('returned', { positive: 'yes', negative: 'no' }),
});
const weather = defineModel('weather', {
  about,
  source: csv('a.csv'),
  features: { wind: number() },
  target: multiclass('sky', { classes: ['sun', 'rain', 'snow'] }),
});
const price = defineModel('shop.price', {
  about,
  source: csv('a.csv'),
  features: { size: number() },
  target: regression('price'),
});
const ml = connect({
  inferenceUrl: 'http://127.0.0.1:1',
  token: 't',
  models: { orders, weather, price, other: { name: 'other' } },
});

/** Compiled, never run: nothing listens there. */
const compiled = (..._calls: (() => unknown)[]): void => undefined;

describe('a call that the definition forbids does not compile', () => {
  it('for rows', () => {
    compiled(
      () => ml.orders.predict({ basket: 1, country: 'DE' }),
      () => ml.orders.predict({ basket: 1, country: 'FR', gift: null, customer: 'c-1' }),
      // @ts-expect-error a category that is not declared
      () => ml.orders.predict({ basket: 1, country: 'SE' }),
      // @ts-expect-error a number for a category
      () => ml.orders.predict({ basket: 1, country: 5 }),
      // @ts-expect-error a required feature is missing
      () => ml.orders.predict({ country: 'DE' }),
      // @ts-expect-error what is refused when missing may not be null
      () => ml.orders.predict({ basket: null, country: 'DE' }),
      // @ts-expect-error a misspelt feature
      () => ml.orders.predict({ basket: 1, country: 'DE', gitf: true }),
      // @ts-expect-error text for a number
      () => ml.orders.predictMany([{ basket: '1', country: 'DE' }]),
      async () => (await ml.orders.predictMany([{ basket: 1, country: 'DE' }]))[0]?.label,
      // @ts-expect-error a row that is returned may have failed
      async () => (await ml.orders.predictMany([{ basket: 1, country: 'DE' }], { failedRows: 'return' }))[0]?.label,
      // @ts-expect-error no such model
      () => ml.order.predict({}),
    );
  });

  it('for labels and commands', () => {
    compiled(
      () => ml.orders.label('id', 'yes'),
      () => ml.orders.label({ entity: 'c-1', time: new Date() }, 'no'),
      () => ml.price.label('id', 12.5),
      // @ts-expect-error no such class
      () => ml.orders.label('id', 'maybe'),
      // @ts-expect-error a number is no class
      () => ml.weather.label('id', 1),
      // @ts-expect-error a word is no number
      () => ml.price.label('id', 'cheap'),
      // @ts-expect-error an entity needs its time
      () => ml.orders.label({ entity: 'c-1' }, 'yes'),
      // @ts-expect-error a rollback needs its reason
      () => ml.orders.rollback({}),
      // @ts-expect-error so does a freeze
      () => ml.orders.freeze(),
      // @ts-expect-error a model cannot take the name of a member
      () => connect({ url: 'http://a', token: 't', models: { events: { name: 'events' } } }),
      // @ts-expect-error the name of another model
      () => named<typeof orders>('order'),
    );
  });
});

describe('answers follow the target', () => {
  it('has the words of the classes, or a number', () => {
    expectTypeOf<AnswerOf<typeof orders>['label']>().toEqualTypeOf<'yes' | 'no'>();
    expectTypeOf<keyof AnswerOf<typeof weather>['probabilities']>().toEqualTypeOf<'sun' | 'rain' | 'snow'>();
    expectTypeOf<AnswerOf<typeof price>['value']>().toEqualTypeOf<number>();
    expectTypeOf<AnswerOf<{ readonly name: string }>['value']>().toEqualTypeOf<number | undefined>();
  });

  it('says when the fallback answered', () => {
    expectTypeOf<Extract<AnswerOf<typeof orders>, { arm: 'fallback' }>['version']>().toEqualTypeOf<null>();
    expectTypeOf<Exclude<AnswerOf<typeof orders>, { arm: 'fallback' }>['version']>().toEqualTypeOf<number>();
  });

  it('keeps its types by name alone', () => {
    const byName = connect({ url: 'http://a', token: 't', models: { orders: named<typeof orders>('orders') } });
    expectTypeOf(byName.orders.predict).toEqualTypeOf<ModelClient<typeof orders>['predict']>();
    expectTypeOf<RowOf<{ readonly name: string }>>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
    expectTypeOf<RowOf<DefinedModel>>().not.toBeNever();
  });
});

it('reads what the server sends: its types have everything that these have', () => {
  expectTypeOf<StatusView>().toExtend<ModelStatus>();
  expectTypeOf<AbTestView>().toExtend<AbTestDetail>();
  expectTypeOf<HistoryView>().toExtend<ModelHistory>();
  expectTypeOf<MoveView>().toExtend<ModelMove>();
  expectTypeOf<VersionView>().toExtend<ModelVersion>();
  expectTypeOf<DecisionView>().toExtend<ModelDecision>();
  expectTypeOf<AlertView>().toExtend<AlertState>();
  expectTypeOf<RunDetailView>().toExtend<RunDetail>();
  expectTypeOf<CommandAnswer>().toExtend<CommandReceipt>();
});
