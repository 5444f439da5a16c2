import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuck, type Duck } from './connect.ts';
import { identifier, isOneOf, literal, numeric } from './sql.ts';

const hostile = [
  'plain',
  "it's",
  'say "hi"',
  "'; DROP TABLE t; --",
  "a''b",
  'back\\slash',
  'new\nline',
  "e'\\u0027",
  'ünïcode 🦆',
  '$$',
  '/* */',
  '?',
  ' ',
  '%_',
  '\u2019',
];

let duck: Duck;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ duck, close } = await openDuck({}));
});
afterAll(() => close());

test('a literal comes back as it went in, whatever is in it', async () => {
  for (const text of [...hostile, '']) {
    const [row] = await duck.rows(`SELECT ${literal(text)} AS value`);
    expect(row?.['value']).toBe(text);
  }
});

test('an identifier names one column, whatever is in it', async () => {
  for (const name of hostile) {
    const [row] = await duck.rows(`SELECT ${identifier(name)} AS found FROM (SELECT 7 AS ${identifier(name)})`);
    expect(row?.['found']).toBe(7);
  }
});

test('numbers keep their bits, lists keep their members', async () => {
  for (const value of [0.1, -1, 1e-300, 1.7976931348623157e308, 123456789012345680000, -0.05644299999999999]) {
    const [row] = await duck.rows(`SELECT 5 - ${numeric(value)} AS difference, ${numeric(value)} AS value`);
    expect(row?.['value']).toBe(value);
  }
  const [row] = await duck.rows(
    `SELECT ${isOneOf("'it''s'", ["it's", 'x'])} AS yes, ${isOneOf("'y'", ['x'])} AS no, ${isOneOf("'y'", [])} AS
      nothing, ${isOneOf('NULL', ['x'])} AS unknown, ${isOneOf(
        "'v77'",
        Array.from({ length: 99 }, (_, i) => `v${i}`),
      )} AS long`,
  );
  expect(row).toEqual({ yes: true, no: false, nothing: false, unknown: null, long: true });
});

test('what SQL text cannot hold is refused', () => {
  expect(() => literal('a\u0000b')).toThrow(TypeError);
  expect(() => identifier('a\u0000b')).toThrow(TypeError);
  expect(() => numeric(Number.NaN)).toThrow(TypeError);
});

test('nothing is downloaded: an unknown extension is an error', async () => {
  await expect(duck.rows("SELECT * FROM read_parquet('https://example.invalid/x.parquet')")).rejects.toMatchObject({
    code: 'invalid_data',
  });
});
