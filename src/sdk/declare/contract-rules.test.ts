import { expect, test } from 'vitest';
import { ruleSchema } from '../../contracts/spec/spec-columns.ts';
import {
  column,
  compare,
  decimals,
  freshness,
  missingShare,
  pattern,
  rowCount,
  rule,
  sql,
  lengthWithin,
  unique,
} from './contract-rules.ts';

const long = 'a column with a name that is as long as names of exported columns are';
const rules = [
  unique(['cardholder', 'at']),
  unique(['Cost Total $', long]),
  compare('deviceAgeDays', '<=', column('accountAgeDays')),
  compare('a', '<', 1),
  compare('a', '<', -1),
  compare('a b', '!=', 'ö'),
  compare('a-b', '!=', 'ö'),
  missingShare('Cost Total $', 0.5),
  missingShare('Cost Total €', 0.5),
  freshness('when it was', '2 days'),
  rowCount({ min: 1 }),
  lengthWithin('Cost Total $', { max: 3 }),
  pattern('iban', '[A-Z]{2}.*'),
  decimals('amount', { precision: 8, scale: 2 }),
  rule('positive margin', sql('price >= cost')),
];

test('an id that nobody gave is valid, its own, and the same tomorrow', () => {
  expect(rules.map((rule) => ruleSchema.safeParse(rule).success)).toEqual(rules.map(() => true));
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  expect(rules.map(({ id }) => id)).toMatchInlineSnapshot(`
    [
      "unique-cardholder-at",
      "unique-Cost_Total_-a_column_with_a_name_that_is_as_long_-11pitym",
      "deviceAgeDays-le-accountAgeDays",
      "a-lt-1",
      "a-lt--1",
      "a_b-ne-_-1hb9thz",
      "a-b-ne-_-1uvomj0",
      "missing-Cost_Total_-ywrx81",
      "missing-Cost_Total_-1w5f9i1",
      "fresh-when_it_was-108rvfu",
      "row-count",
      "length-Cost_Total_-2d8gyj",
      "pattern-iban",
      "decimals-amount",
      "positive_margin-10kk6m0",
    ]
  `);
});

test('an id that is given stays', () => {
  expect(
    [
      unique(['a'], { id: 'u' }),
      compare('a', '<', 1, { id: 'c' }),
      missingShare('a', 0.5, { id: 'm' }),
      freshness('a', '1 hour', { id: 'f' }),
      rowCount({ min: 1 }, { id: 'n' }),
    ].map(({ id }) => id),
  ).toEqual(['u', 'c', 'm', 'f', 'n']);
});
