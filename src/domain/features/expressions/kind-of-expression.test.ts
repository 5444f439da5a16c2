import { expect, test } from 'vitest';
import type { FeatureKind } from '../../spec/spec.ts';
import type { Expression } from './expression.ts';
import { kindOfExpression } from './kind-of-expression.ts';

const inputs = new Map<string, FeatureKind>([
  ['amount', 'number'],
  ['items', 'number'],
  ['shop', 'category'],
  ['new', 'boolean'],
  ['at', 'time'],
  ['since', 'time'],
]);
const col = (name: string): Expression => ({ op: 'column', name });
const deep = (depth: number): Expression => (depth === 1 ? col('amount') : { op: 'log1p', of: [deep(depth - 1)] });

test.each<[string, Expression, FeatureKind]>([
  ['a ratio is a number', { op: 'ratio', of: [col('amount'), col('items')] }, 'number'],
  ['a truth value counts as a number', { op: 'sum', of: [col('amount'), col('new')] }, 'number'],
  ['a comparison of times is a truth value', { op: 'holds', sign: '<', of: [col('at'), col('since')] }, 'boolean'],
  ['a cross is a category', { op: 'cross', of: [col('shop'), col('shop')] }, 'category'],
  ['coalesce keeps the kind', { op: 'coalesce', of: [col('at'), col('since')] }, 'time'],
  ['coalesce of numbers and truth values is a number', { op: 'coalesce', of: [col('new'), col('amount')] }, 'number'],
  ['8 deep is the most', deep(8), 'number'],
])('%s', (_, expression, kind) => {
  expect(kindOfExpression(expression, inputs)).toEqual({ kind });
});

test.each<[string, Expression, string]>([
  [
    'the hour of a number',
    { op: 'hour', of: [col('amount')], timeZone: 'UTC' },
    'hour takes a time; amount is a number',
  ],
  [
    'a time and a number compared',
    { op: 'holds', sign: '<', of: [col('at'), { op: 'value', value: 3 }] },
    'holds takes two numbers or two times; at is a time, 3 is a number',
  ],
  ['a misspelt column', { op: 'log1p', of: [col('amuont')] }, 'reads amuont, which is no input'],
  ['no column at all', { op: 'log1p', of: [{ op: 'value', value: 3 }] }, 'reads no column'],
  ['one operand too few', { op: 'ratio', of: [col('amount')] }, 'ratio takes 2 operands, and has 1'],
  [
    'a zone whose clocks change',
    { op: 'hour', of: [col('at')], timeZone: 'Europe/Berlin' },
    'hour is in "Europe/Berlin", which is no fixed offset from UTC',
  ],
  ['an offset of no clock', { op: 'hour', of: [col('at')], timeZone: '+15:00' }, 'hour is in "+15:00", which is no'],
  [
    'edges that fall',
    { op: 'bucket', of: [col('amount')], edges: [2, 1] },
    'bucket needs 1 to 100 edges, each above the one before',
  ],
  ['bounds upside down', { op: 'clip', of: [col('amount')], min: 2, max: 1 }, 'clip has min 2 above max 1'],
  ['no word', { op: 'isWord', of: [col('shop')], word: '' }, 'isWord compares with the empty text, which is missing'],
  ['9 deep', deep(9), 'is 9 deep and has 9 parts; at most 8 and 64 are computed'],
])('%s is refused in one sentence', (_, expression, message) => {
  const found = kindOfExpression(expression, inputs);
  expect(found).toMatchObject({ message: expect.stringContaining(message), fix: expect.stringMatching(/\S/) });
});
