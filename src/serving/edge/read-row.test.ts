import { describe, expect, test } from 'vitest';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import type { ServePolicy } from '../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { sayServed } from '../../domain/spec/served-rules.ts';
import type { FeatureSpec, ModelSpec } from '../../domain/spec/spec.ts';
import { edgeSignatureOf, type EdgeSignature } from './edge-signature.ts';
import { planInputs } from './pick-inputs.ts';
import { readRow } from './read-row.ts';

const number = (name: string, missing: FeatureSpec['missing'] = 'allow'): FeatureSpec => ({
  kind: 'number',
  name,
  missing,
});
const specOf = (features: readonly FeatureSpec[], more: Partial<ModelSpecInput> = {}): ModelSpec =>
  completeSpec({
    name: 'fraud',
    about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
    features,
    target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    ...more,
  });

const spec = specOf(
  [
    number('amount', 'refuse'),
    { kind: 'category', name: 'channel', missing: 'refuse', values: ['web', 'shop'] },
    { kind: 'category', name: 'merchant', missing: 'allow' },
    { kind: 'boolean', name: 'night', missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
  ],
  { entity: { column: 'card' }, eventTime: { column: 'at' } },
);
const edge = edgeSignatureOf(spec, spec);
const good = { amount: 12.5, channel: 'web', merchant: 'm1', night: true, at: '2026-05-03T14:03:00Z', card: 7 };

function messageOf(row: unknown, by: EdgeSignature = edge): string {
  try {
    readRow(by, row, 'rows[0]');
  } catch (error) {
    if (error instanceof PerennialError && error.code === 'invalid_request') return error.message;
    throw error;
  }
  return 'accepted';
}

test('a good row lands in the cells of the signature', () => {
  const row = readRow(edge, good, 'rows[0]');
  expect([...row.numbers]).toEqual([12.5, 1, Date.UTC(2026, 4, 3, 14, 3)]);
  expect(row.texts).toEqual(['web', 'm1']);
  expect(row.entity).toBe('7');
  expect(row.eventTimeMs).toBe(Date.UTC(2026, 4, 3, 14, 3));
});

test('what may be missing is missing, not zero', () => {
  const row = readRow(edge, { amount: 0, channel: 'shop', merchant: null }, 'rows[0]');
  expect([...row.numbers]).toEqual([0, NaN, NaN]);
  expect(row.texts).toEqual(['shop', null]);
  expect([row.entity, row.eventTimeMs]).toEqual([null, null]);
});

test('a feature that the model computes is not taken from a row, and another unknown one is told as ever', () => {
  const computing = specOf([number('amount'), number('items')], {
    derived: [
      {
        name: 'perItem',
        expression: { op: 'ratio', of: ['amount', 'items'].map((name) => ({ op: 'column', name }) as const) },
      },
    ],
  });
  const by = edgeSignatureOf(computing, computing);
  expect(messageOf({ amount: 1, items: 2, perItem: 3 }, by)).toBe(
    'rows[0] has "perItem", which the model computes by itself as ratio(amount, items); leave it out',
  );
  expect(messageOf({ amount: 1, items: 2, perItm: 3 }, by)).toMatch(
    /unknown field "perItm"; known fields: amount, items/,
  );
});

describe('each mistake is one sentence that names the place', () => {
  test.each([
    [
      { ...good, amuont: 1 },
      'rows[0] has the unknown field "amuont"; did you mean "amount"? Known fields: amount, channel, merchant, ' +
        'night, at, card',
    ],
    [{ ...good, amount: undefined }, 'rows[0].amount is missing, and the model refuses rows without it'],
    [{ ...good, amount: '12' }, 'rows[0].amount must be a number, not "12"'],
    [{ ...good, amount: JSON.parse('1e999') }, 'rows[0].amount must be a finite number; send null for a missing value'],
    [{ ...good, channel: 'phone' }, 'rows[0].channel is "phone", which is none of: web, shop'],
    [{ ...good, night: 1 }, 'rows[0].night must be true or false, not 1'],
    [{ ...good, at: 'yesterday' }, 'rows[0].at must be a time (ISO 8601 text or epoch milliseconds), not "yesterday"'],
    [{ ...good, merchant: ['a'] }, 'rows[0].merchant must be text, not a list'],
    [{ ...good, merchant: 'a\u0000b' }, 'rows[0].merchant contains the character U+0000'],
    [{ ...good, card: {} }, 'rows[0].card must be text or a number, not an object'],
    [[1, 2], 'rows[0] must be an object of field names and values'],
    [null, 'rows[0] must be an object of field names and values'],
    [
      JSON.parse('{"__proto__": 1, "amount": 1, "channel": "web"}'),
      'rows[0] has the unknown field "__proto__"; known fields: amount, channel, merchant, night, at, card',
    ],
  ])('%j', (row, message) => {
    expect(messageOf(row)).toBe(message);
  });
});

test('a number outside its range and an unseen text of an open set are served', () => {
  const ranged = specOf([
    { kind: 'number', name: 'age', missing: 'allow', min: 0, max: 120 },
    { kind: 'category', name: 'city', missing: 'allow', values: ['a'] },
  ]);
  const row = readRow(edgeSignatureOf(ranged, ranged), { age: 900, city: 'z' }, 'rows[0]');
  expect([row.numbers[0], row.texts[0]]).toEqual([900, 'z']);
});

describe('what the contract says of the API', () => {
  const features: readonly FeatureSpec[] = [
    { kind: 'number', name: 'age', missing: 'refuse', min: 0, max: 120, integer: true },
    { kind: 'number', name: 'limit', missing: 'allow', min: 1, serve: 'refuse' },
    { kind: 'category', name: 'city', missing: 'allow', values: ['a', 'z'] },
    { kind: 'time', name: 'at', missing: 'allow' },
  ];
  const rules: ModelSpec['contract']['rules'] = [
    { rule: 'compare', id: 'few', left: 'age', op: '<=', right: { column: 'limit' }, severity: 'quarantine' },
    { rule: 'compare', id: 'late', left: 'at', op: '>', right: { value: '2026-01-01' }, severity: 'warn' },
    { rule: 'compare', id: 'word', left: 'city', op: '!=', right: { value: 'z' }, severity: 'warn', serve: 'refuse' },
  ];
  const said = (serve: ServePolicy | undefined, row: unknown): string => {
    const served = specOf(features, { contract: { rules, ...(serve === undefined ? {} : { serve }) } });
    return messageOf(row, edgeSignatureOf(served, served));
  };
  const whole = 'rows[0].age is 1.5, which is not whole, as it is declared';
  const beyond =
    'rows[0].age is 9007199254740992, which is beyond 2^53, where JSON keeps no whole number apart from its neighbours';
  const missing = 'rows[0].age is missing, and the model refuses rows without it';
  const range = 'rows[0].age is 900, which lies outside of the declared range, 0 to 120';
  const few = 'rows[0].age is 9, and the contract asks for age <= limit (3) (few)';
  test.each([
    ['an unexpected number', { age: 900 }, 'accepted', range, 'accepted'],
    ['a fraction of what is whole', { age: 1.5 }, whole, whole, 'accepted'],
    ['a whole number beyond 2^53', { age: 2 ** 53 }, beyond, beyond, 'accepted'],
    ['no value where one is needed', {}, missing, missing, 'accepted'],
    [
      'a text of no closed set',
      { age: 1, city: 'q' },
      'accepted',
      'rows[0].city is "q", which is none of: a, z',
      'accepted',
    ],
    ['the empty text', { age: 1, city: '' }, 'accepted', 'accepted', 'accepted'],
    ['a broken comparison', { age: 9, limit: 3 }, 'accepted', few, 'accepted'],
    ['one that only warns', { age: 9, at: '2025-01-01' }, 'accepted', 'accepted', 'accepted'],
  ])('%s', (_, row, unsaid, refuse, accept) => {
    expect([said(undefined, row), said('refuse', row), said('accept', row)]).toEqual([unsaid, refuse, accept]);
  });

  test.each([undefined, 'refuse', 'accept'] as const)('a feature and a rule say it for themselves (%s)', (serve) => {
    expect(said(serve, { age: 0, limit: 0 })).toBe(
      'rows[0].limit is 0, which lies outside of the declared range, 1 to any',
    );
    expect(said(serve, { age: 1, city: 'z' })).toBe('rows[0].city is z, and the contract asks for city != "z" (word)');
  });
});

describe('the rules about characters and digits', () => {
  const features: readonly FeatureSpec[] = [
    number('price'),
    { kind: 'category', name: 'code', missing: 'allow' },
    { kind: 'boolean', name: 'isNew', missing: 'allow' },
  ];
  const rules: ModelSpec['contract']['rules'] = [
    { rule: 'length', id: 'two', column: 'code', min: 2, max: 3, severity: 'quarantine' },
    { rule: 'pattern', id: 'big', column: 'code', pattern: '[A-Z]+', severity: 'reject' },
    { rule: 'pattern', id: 'who', column: 'card', pattern: 'c-.*', severity: 'warn', serve: 'refuse' },
    { rule: 'decimals', id: 'cents', column: 'price', precision: 5, scale: 2, severity: 'quarantine' },
    { rule: 'expression', id: 'sum', name: 'no loss', expression: 'price >= 0 OR isNew', severity: 'quarantine' },
    { rule: 'compare', id: 'new', left: 'isNew', op: '=', right: { value: true }, severity: 'quarantine' },
  ];
  const served = (serve: ServePolicy) =>
    edgeSignatureOf(
      specOf(features, { entity: { column: 'card' }, contract: { rules, serve } }),
      specOf(features, { entity: { column: 'card' }, contract: { rules, serve } }),
    );
  test.each([
    [{ code: 'AB', price: 123.45, isNew: true }, 'accepted'],
    [{}, 'accepted'],
    [{ code: 'A' }, 'rows[0].code is A, and the contract asks that code has from 2 to 3 characters (two)'],
    [{ code: 'ab' }, 'rows[0].code is ab, and the contract asks that code is as [A-Z]+ says (big)'],
    [{ card: 'x' }, 'rows[0].card is x, and the contract asks that card is as c-.* says (who)'],
    [
      { price: 1.234 },
      'rows[0].price is 1.234, and the contract asks that price has at most 5 digits, ' +
        '2 of them behind the point (cents)',
    ],
    [{ price: -1 }, 'accepted'],
    [{ price: -1, isNew: false }, 'rows[0] breaks what the contract asks, no loss: price >= 0 OR isNew (sum)'],
    [{ isNew: false }, 'rows[0].isNew is false, and the contract asks for isNew = true (new)'],
  ])('%j', (row, said) => {
    expect(messageOf(row, served('refuse'))).toBe(said);
  });

  test('are not asked where the contract lets rows be answered, but by one that says it for itself', () => {
    expect(messageOf({ code: 'a', price: 1.234 }, served('accept'))).toBe('accepted');
    expect(messageOf({ card: 'x' }, served('accept'))).toContain('(who)');
  });

  test('one that speaks of the target refuses no request, which has none yet', () => {
    const expression = 'label IS NOT NULL OR price > 1000';
    const known = { rule: 'expression', id: 'known', name: 'known', expression, severity: 'quarantine' } as const;
    const labelled = specOf(features, { contract: { rules: [known], serve: 'refuse' } });
    const door = edgeSignatureOf(labelled, labelled);
    expect(messageOf({ price: 1 }, door)).toBe('accepted');
    expect(door.checks).toBeNull();
    expect(sayServed(labelled)).toMatch(/refuses a row by no rule\. .* breaks known\.$/);
  });
});

describe('what the inputs of the model cannot hold', () => {
  const typed = specOf([number('a'), number('b'), number('c'), { kind: 'boolean', name: 'd', missing: 'allow' }]);
  const types = new Map([
    ['a', 'float32'],
    ['b', 'int32'],
    ['c', 'int64'],
    ['d', 'bool'],
  ]);
  const held = edgeSignatureOf(typed, typed, [], types);
  const fits = { a: null, b: -5, c: 2 ** 53 - 1, d: true };
  test.each([
    [fits, 'accepted'],
    [{ ...fits, a: 1e39 }, 'rows[0].a is 1e+39, which is beyond the range of float32: the model computes with it'],
    [
      { ...fits, b: 2 ** 31 },
      'rows[0].b is 2147483648, which is beyond the range of int32: the model computes with it',
    ],
    [{ ...fits, b: 0.5 }, 'rows[0].b is 0.5, which is not whole, as int32 is: the model computes with it'],
    [
      { ...fits, c: 2 ** 53 },
      'rows[0].c is 9007199254740992, which is beyond 2^53, where JSON keeps no whole number apart from its ' +
        'neighbours: the model computes with it',
    ],
    [{ ...fits, b: null }, 'rows[0].b is missing, and the model has no form for a missing one'],
    [{ ...fits, d: undefined }, 'rows[0].d is missing, and the model has no form for a missing one'],
  ])('%j', (row, message) => {
    expect(messageOf(row, held)).toBe(message);
  });
});

describe('several spec revisions at once', () => {
  const older = specOf([
    number('gone', 'refuse'),
    number('amount', 'refuse'),
    { kind: 'category', name: 'code', missing: 'allow' },
  ]);
  const newer = specOf([number('amount', 'refuse'), number('fresh', 'refuse'), number('code')]);
  const both = edgeSignatureOf(newer, older);

  test('a feature that the champion does not know yet is not demanded, one that only it knows is taken', () => {
    const row = readRow(both, { amount: 5, gone: 3 }, 'rows[0]');
    expect([...row.numbers]).toEqual([5, NaN, NaN, 3]);
    expect(both.logged.columns.map((column) => column.name)).toEqual(['amount', 'fresh', 'code']);
  });
  test('each version picks its own inputs by name; a changed kind is converted', () => {
    const row = readRow(both, { amount: 5, gone: 3, code: 42 }, 'rows[0]');
    const forOlder = planInputs(both, signatureOf(older))(row);
    expect([[...forOlder.numbers], forOlder.texts]).toEqual([[3, 5], ['42']]);
    const forNewer = planInputs(both, signatureOf(newer))(row);
    expect([...forNewer.numbers]).toEqual([5, NaN, 42]);
  });
  test('with one revision the row itself is the input', () => {
    const row = readRow(edge, good, 'rows[0]');
    expect(planInputs(edge, signatureOf(spec))(row)).toBe(row);
  });
});

test('a time of a model whose files write the clocks of a zone has to name its own', () => {
  const time = { kind: 'time', name: 'at', missing: 'allow' } as const;
  const zoned = (timeZone: string) =>
    specOf([number('amount'), { ...time, timeZone }], { eventTime: { column: 'happened', timeZone } });
  const berlin = edgeSignatureOf(zoned('Europe/Berlin'), null);
  for (const name of ['at', 'happened']) {
    expect(messageOf({ amount: 1, [name]: '2026-05-03T14:03:00' }, berlin)).toBe(
      `rows[0].${name} must name its time zone, as 2026-05-03T14:03:00Z does`,
    );
    expect(messageOf({ amount: 1, [name]: '2026-05-03' }, berlin)).toMatch(/must name its time zone/);
    for (const value of ['2026-05-03T14:03:00+02:00', '2026-05-03T12:03:00Z', 1_777_816_980_000, null])
      expect(messageOf({ amount: 1, [name]: value }, berlin)).toBe('accepted');
  }
  expect(messageOf({ amount: 1, at: '2026-05-03T14:03:00' }, edgeSignatureOf(zoned('UTC'), null))).toBe('accepted');
});
