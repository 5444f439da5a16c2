import { expect, test } from 'vitest';
import { readNumber } from '../../../domain/cells/read-number.ts';
import { withDuck } from '../../duck/connect.ts';
import { literal } from '../../duck/sql.ts';
import { finiteOf, numberOf } from './numbers.ts';

/** Everything that a cast of the engine, a pattern or a reader could take for part of a number. */
const pieces = ['', '0', '1', '007', '9'.repeat(40), '.', '..', ',', '/', '+', '-', '+-', '--', '_', 'e', 'E', 'e5'];
const more = [
  'e+400',
  'e-400',
  'E1',
  'x',
  '0x1',
  'nan',
  '-nan',
  'inf',
  '-inf',
  '-Infinity',
  '1_000',
  '1e5_0',
  'd',
  'f',
];
const strange = ['\u0661', '\uff11', '\u2212', '\u00a0', '%', ':', ' ', '\t', '\n', '\v', '\f', '\r', '\u0001', "'"];

test('a text is a number by its first byte and the cast of the engine exactly where the pattern says so', async () => {
  const parts = [...pieces, ...more, ...strange];
  const list = `(SELECT unnest([${parts.map(literal).join(', ')}]) AS part)`;
  const isClean = String.raw`NOT regexp_matches(text, '^[\x00-\x20]|[\x00-\x20]$')`;
  await withDuck({ threads: 1 }, async (duck) => {
    const found = await duck.rows(`SELECT text, pattern, guarded, matched FROM (SELECT text, ${isClean} AS is_clean,
        ${numberOf('text')} AS pattern, ${finiteOf('text', 'cast_text', true)} AS guarded,
        ${finiteOf('text', 'cast_text', false)} AS matched
        FROM (SELECT *, TRY_CAST(text AS DOUBLE) AS cast_text FROM (
          SELECT DISTINCT a.part || b.part || c.part AS text FROM ${list} AS a, ${list} AS b, ${list} AS c)))
      WHERE pattern IS NOT NULL OR matched IS NOT NULL OR (is_clean AND guarded IS NOT NULL)`);
    expect(found.filter(({ pattern, matched }) => matched !== pattern)).toEqual([]);
    expect(found.filter(({ pattern, guarded }) => guarded !== pattern)).toEqual([]);
    // Some hundreds are numbers, as a request with the same text says too.
    expect(found.length).toBeGreaterThan(300);
    expect(found.filter(({ text, pattern }) => readNumber(String(text)) !== pattern)).toEqual([]);
  });
});
