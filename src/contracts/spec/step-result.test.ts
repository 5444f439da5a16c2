import { expect, test } from 'vitest';
import { readStepResult } from './step-result.ts';

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
])('%s is an answer without a verdict', (_, raw) => {
  expect(readStepResult(raw, 'afterIngest')).toEqual({ result: {} });
  expect(readStepResult(raw, 'evaluate')).toMatchObject({ failure: expect.stringContaining('it gave no verdict') });
});

test('verdict, text and numbers are taken as they are', () => {
  const said = { verdict: 'fail', text: 'women are refused more often', metrics: { gap: 0.12 } };
  expect(readStepResult(said, 'evaluate')).toEqual({ result: said });
});

test.each<[string, unknown, RegExp]>([
  ['a text', 'pass', /the document/],
  ['a list', [{ verdict: 'pass' }], /the document/],
  ['another verdict', { verdict: 'maybe' }, /verdict/],
  ['a slip', { verdikt: 'pass' }, /has no member "verdikt"; did you mean "verdict"\?/],
  ['a number that is none', { metrics: { gap: Number.NaN } }, /metrics\.gap/],
  ['a number as a text', { metrics: { gap: '0.1' } }, /metrics\.gap/],
  ['a report', { text: 'x'.repeat(2_001) }, /text/],
  ['NUL', { text: 'a\u0000b' }, /text has a NUL character, or half of a character/],
  ['half a character', { text: 'a\ud83d' }, /text has a NUL character/],
  [
    'too many numbers',
    { metrics: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`m${i}`, i])) },
    /metrics has more than 50 numbers/,
  ],
])('%s is no answer', (_, raw, said) => {
  const read = readStepResult(raw, 'afterIngest');
  expect('failure' in read ? read.failure : 'taken').toMatch(said);
});
