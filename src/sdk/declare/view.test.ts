import { expect, expectTypeOf, test } from 'vitest';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { parseView } from '../../contracts/spec/view-spec.ts';
import { binary, category, csv, defineModel, defineView, from, number, windowed, type InputOf } from '../index.ts';

const cardholders = defineView({
  name: 'cardholders',
  owner: 'risk',
  entity: 'card',
  eventTime: 'at',
  features: {
    age: number({ min: 0 }),
    segment: category(['private', 'business']),
    spend7d: windowed.sum('amount', '7 days', { onMissing: 0 }),
    payments1h: windowed.count('1 hour'),
    lastChannel: windowed.last('channel', '30 days', { kind: 'category' }),
  },
  ttl: '30 days',
  source: csv('cards.csv'),
});

const model = defineModel('fraud', {
  about: { owner: 'risk', useCase: 'Hold payments.', successCriterion: 'Less fraud.' },
  source: csv('payments.csv'),
  entity: 'cardNumber',
  eventTime: 'paidAt',
  features: {
    amount: number(),
    ...from(cardholders, ['age', 'segment', 'spend7d'], { on: 'cardNumber' }),
  },
  target: binary('outcome', { positive: 'fraud', negative: 'genuine' }),
});

test('a view is plain JSON with every default filled in, and survives travelling', () => {
  expect(parseView(JSON.parse(JSON.stringify(cardholders)))).toEqual(cardholders);
  expect(cardholders).toMatchObject({ entity: ['card'], ttlMs: 30 * 86_400_000, availableTime: null, rowId: null });
});

test('a model takes features of a view under their kinds, with a pin that apply fills in', () => {
  const pin = { view: 'cardholders', digest: null, on: ['cardNumber'] };
  expect(parseSpec(model).features.slice(1)).toEqual([
    { name: 'age', kind: 'number', missing: 'allow', from: { ...pin, feature: 'age' } },
    {
      name: 'segment',
      kind: 'category',
      values: ['private', 'business'],
      missing: 'allow',
      from: { ...pin, feature: 'segment' },
    },
    { name: 'spend7d', kind: 'number', missing: 'allow', from: { ...pin, feature: 'spend7d' } },
  ]);
  expectTypeOf<InputOf<typeof model>['segment']>().toEqualTypeOf<'private' | 'business' | null | undefined>();
  expectTypeOf<InputOf<typeof model>['amount']>().toEqualTypeOf<number>();
});

test('ttl 0 means never stale, as leaving it out does (feast#2651)', () => {
  expect(defineView({ ...definition, ttl: 0 })).toEqual(defineView(definition));
});

const definition: Parameters<typeof defineView>[0] = {
  name: 'v',
  owner: 'risk',
  entity: 'card',
  eventTime: 'at',
  features: { age: number() },
  source: csv('v.csv'),
};

test.each([
  [{ features: { age: windowed.sum('amount', '30 minutes') } }, /windowMs: 1800000 is out of range/],
  [{ features: { age: windowed.sum('amount', '91 days') } }, /windowMs: .* is out of range/],
  [{ features: { card: number() } }, /card is read as a category|names whom or what/],
  [{ features: { age: number(), Age: number() } }, /declared twice|two columns/],
  [{ features: { spend: windowed.sum('segment', '1 day'), segment: category() } }, /segment is read as a category/],
  [{ features: { age: number() }, rowId: 'id' }, /each feature looks at a window/],
  [
    { features: { age: windowed.sum('amount', '1 day', { onMissing: Number('0') }), at: number() } },
    /at is read as a time/,
  ],
  [{ source: csv('v.csv', { traffic: 'ignore' as const }) }, /no traffic/],
])('%# a view that cannot be is refused with the path', (changes, message) => {
  expect(() => defineView({ ...definition, ...changes })).toThrow(message);
});

test('a misspelt feature, and keys that do not fit, are named', () => {
  expect(() => from(cardholders, ['spend7' as 'spend7d'])).toThrow('view cardholders has no feature spend7');
  expect(() => from(cardholders, ['age'], { on: ['a', 'b'] })).toThrow('is looked up by card, and 2 columns are named');
});

test.each([
  [{ entity: null }, /no entity or category column cardNumber/],
  [{ eventTime: null }, /no event time is declared/],
  [{ eventTime: { column: 'age' } }, /age comes from a view/],
  [
    {
      contract: {
        rules: [{ rule: 'missingShare', id: 'm', column: 'age', shareMax: 0.5, severity: 'warn' }],
        quarantineShareMax: 0.1,
      },
    },
    /rule m names age, which comes from a view/,
  ],
])('%# a model that a view cannot be joined to is refused', (changes, message) => {
  expect(() => parseSpec({ ...model, ...changes })).toThrow(message);
});
