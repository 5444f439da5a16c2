import { describe, expect, test } from 'vitest';
import { checkSpec } from '../check-spec.ts';
import { completeSpec } from '../default-spec.ts';
import { mappedMax, repairsMax } from './check-repairs.ts';
import type { ModelSpec, RepairSpec } from '../spec.ts';

const model = completeSpec({
  name: 'shop',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow', min: 0, max: 100 },
    { kind: 'number', name: 'items', missing: 'refuse', integer: true },
    { kind: 'category', name: 'color', missing: 'allow' },
    { kind: 'category', name: 'land', missing: 'refuse', values: ['DE', 'FR'] },
    { kind: 'boolean', name: 'isNew', missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
    { kind: 'number', name: 'seen', missing: 'allow', from: { view: 'v', feature: 'seen', digest: null, on: ['who'] } },
  ],
  target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 10 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  entity: { column: 'who' },
  eventTime: { column: 'happened' },
});

function problemsOf(...repairs: readonly unknown[]): readonly string[] {
  const spec: ModelSpec = { ...model, repairs: repairs as readonly RepairSpec[] };
  return checkSpec(spec)
    .filter(({ path }) => path.startsWith('repairs'))
    .map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
}

const map = (column: string, from: string, to: string | null) => ({ repair: 'map', column, values: [{ from, to }] });

describe('a repair is taken', () => {
  test.each<[string, readonly unknown[]]>([
    [
      'trim of any column',
      [
        { repair: 'trim', column: 'at' },
        { repair: 'trim', column: 'won' },
        { repair: 'trim', column: 'who' },
      ],
    ],
    ['case of a closed set, towards its values', [{ repair: 'case', column: 'land', to: 'upper' }]],
    [
      'map to what another repair makes right',
      [map('land', 'germany', 'de'), { repair: 'case', column: 'land', to: 'upper' }],
    ],
    [
      'map to nothing that is filled later',
      [map('land', 'XX', null), { repair: 'fill', column: 'land', constant: 'DE' }],
    ],
    [
      'map to nothing that a row before fills',
      [map('land', 'XX', null), { repair: 'fillLast', column: 'land', by: 'who' }],
    ],
    [
      'a unit, and a clip behind it',
      [
        { repair: 'unit', column: 'amount', from: 'lb', to: 'kg' },
        { repair: 'clip', column: 'amount', max: 100 },
      ],
    ],
    [
      'casts',
      [
        { repair: 'cast', column: 'items', to: 'integer' },
        { repair: 'cast', column: 'isNew', to: 'boolean' },
      ],
    ],
    ['rows of one key', [{ repair: 'dedupe', by: ['who', 'at'], keep: 'newest' }]],
    ['rows that are to go', [{ repair: 'drop', column: 'won', when: { is: 'missing' } }]],
  ])('%s', (_, repairs) => {
    expect(problemsOf(...repairs)).toEqual([]);
  });
});

describe('a repair is refused in one sentence', () => {
  test.each<[unknown, string]>([
    [{ repair: 'mend', column: 'color' }, 'repairs[0].repair: "mend" is no kind of repair. Use '],
    [{ repair: 'trim', column: 'colour' }, 'repairs[0]: there is no column colour here. Did you mean color?'],
    [{ repair: 'trim', column: 'seen' }, 'repairs[0]: seen comes from a view'],
    [{ repair: 'case', column: 'amount', to: 'upper' }, 'repairs[0].column: case can never do anything to amount'],
    [{ repair: 'case', column: 'land', to: 'lower' }, 'repairs[0]: case makes "de" of "DE", which is declared of land'],
    [{ repair: 'cast', column: 'color', to: 'number' }, 'repairs[0].column: cast can never do anything to color'],
    [
      { repair: 'cast', column: 'items', to: 'integer', decimal: ',' },
      'repairs[0].decimal: a cast to integer reads no',
    ],
    [
      { repair: 'unit', column: 'amount', from: 'lbs', to: 'kg' },
      'repairs[0]: there is no unit lbs. Possible: mg, g, kg',
    ],
    [
      { repair: 'unit', column: 'amount', from: 'lb', to: 'km' },
      'repairs[0]: lb is a unit of mass and km one of length',
    ],
    [{ repair: 'unit', column: 'amount', from: 'kg', to: 'kg' }, 'repairs[0]: a number of kg is one of kg already'],
    [map('color', 'red', 'red'), 'repairs[0].values[0]: map of color makes "red" of itself'],
    [map('amount', 'n/a', '5'), 'repairs[0].values[0]: "n/a" is no value in amount'],
    [map('amount', ' 5', '6'), 'repairs[0].values[0]: no cell of amount is " 5": blanks'],
    [map('land', 'germany', 'GER'), 'repairs[0]: map of land makes "GER", which is none of the declared values'],
    [map('land', 'XX', null), 'repairs[0]: map of land makes a cell without a value, which the contract refuses'],
    [map('amount', 'x', 'many'), 'repairs[0]: map of amount makes "many", which amount cannot be'],
    [map('amount', 'x', '101'), 'repairs[0]: map of amount makes "101", which lies outside of the declared range'],
    [
      [{ repair: 'case', column: 'color', to: 'lower' }, map('color', 'Red', 'rot')],
      'repairs[1].values[0]: no cell of color is "Red" by then: case comes before. Write "red".',
    ],
    [{ repair: 'clip', column: 'amount' }, 'repairs[0]: clip of amount has no bound'],
    [{ repair: 'clip', column: 'amount', min: 5, max: 1 }, 'repairs[0]: clip of amount has min above max'],
    [{ repair: 'clip', column: 'amount', max: 200 }, 'repairs[0]: clip of amount makes "200", which lies outside'],
    [{ repair: 'clip', column: 'items', max: 1.5 }, 'repairs[0]: clip of items makes "1.5", which is not whole'],
    [
      { repair: 'fill', column: 'amount', constant: '' },
      'repairs[0]: fill of amount makes "", which is read as no value',
    ],
    [
      { repair: 'fill', column: 'isNew', constant: 'maybe' },
      'repairs[0]: fill of isNew makes "maybe", which isNew cannot',
    ],
    [{ repair: 'fill', column: 'won', constant: '1' }, 'repairs[0]: won is the target: a label that is not known'],
    [{ repair: 'fill', column: 'happened', constant: 5 }, 'repairs[0]: happened is the event time'],
    [
      [
        { repair: 'fill', column: 'amount', constant: 1 },
        { repair: 'fill', column: 'amount', constant: 2 },
      ],
      'repairs[1]: fill of amount can never do anything: it was filled before',
    ],
    [
      [
        { repair: 'trim', column: 'who' },
        { repair: 'trim', column: 'who' },
      ],
      'repairs[1]: trim of who stands twice',
    ],
    [{ repair: 'fillLast', column: 'who', by: 'who' }, 'repairs[0].by: who is missing where it is to be looked up by'],
    [{ repair: 'drop', column: 'amount', when: { op: '>', value: 'much' } }, 'repairs[0].when: amount is a number'],
    [
      { repair: 'drop', column: 'land', when: { op: '=', value: 'XX' } },
      'repairs[0].when: "XX" is none of the declared',
    ],
  ])('%j', (repairs, sentence) => {
    const problems = problemsOf(...(Array.isArray(repairs) ? repairs : [repairs]));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(sentence);
  });

  test('newest without an event time', () => {
    const spec: ModelSpec = { ...model, eventTime: null, repairs: [{ repair: 'dedupe', by: ['who'], keep: 'newest' }] };
    expect(checkSpec(spec).map(({ message }) => message)).toContain(
      'there is no event time by which one row is the newest',
    );
  });
});

test('a repair that is wrong by itself is not tried on what another one makes', () => {
  const fill = { repair: 'fill', column: 'amount', constant: 1 };
  expect(problemsOf(fill, { repair: 'unit', column: 'amount', from: 'stone', to: 'kg' })).toEqual([
    expect.stringContaining('repairs[1]: there is no unit stone. '),
  ]);
  expect(problemsOf(fill, { repair: 'polish', column: 'amount' })).toEqual([
    expect.stringContaining('repairs[1].repair: "polish" is no kind of repair. '),
  ]);
});

test('the longest list of the longest maps is looked through: each is compiled once', () => {
  const maps = Array.from({ length: repairsMax }, (_, at) => ({
    repair: 'map',
    column: 'color',
    values: Array.from({ length: mappedMax }, (__, index) => ({ from: `${at} ${index}`, to: `${at}-${index}` })),
  }));
  expect(problemsOf(...maps)).toEqual([]);
});
