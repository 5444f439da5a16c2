import { expect, expectTypeOf, test } from 'vitest';
import { answerByFallback } from '../../answering/answer-by-fallback.ts';
import { checkSpec } from '../../domain/spec/check-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { answerByRules, answerWith, type AnswerOf } from './fallback.ts';
import { binary, category, csv, defineModel, multiclass, number, regression } from '../index.ts';

const about = { owner: 'team', useCase: 'test', successCriterion: 'test' };
const base = { about, features: { amount: number(), merchant: category() }, source: csv('x.csv') };
const target = binary('label', { positive: 'yes', negative: 'no' });

test('a constant or rules; a definition without one keeps its shape', () => {
  expect(defineModel('m', { ...base, target, fallback: answerWith('no') }).fallback).toEqual({
    rules: [],
    otherwise: 'no',
  });
  expect('fallback' in defineModel('m', { ...base, target })).toBe(false);
  const spec = defineModel('m', {
    ...base,
    target,
    fallback: answerByRules([{ when: { feature: 'amount', op: '>', value: 100 }, answer: 0.7 }], 'no'),
  });
  const signature = signatureOf(spec);
  const answer = (amount: number) =>
    answerByFallback(spec.fallback ?? { rules: [], otherwise: 'no' }, signature, {
      numbers: Float64Array.of(amount),
      texts: ['a'],
    });
  expect(answer(101)).toEqual({ scores: [1 - 0.7, 0.7], decision: 'yes' });
  expect(answer(100)).toEqual({ scores: [1, 0], decision: 'no' });
  expect(answer(Number.NaN)).toEqual({ scores: [1, 0], decision: 'no' });
});

test('regression answers its value', () => {
  const spec = defineModel('m', { ...base, target: regression('y'), fallback: answerWith(42.5) });
  expect(
    answerByFallback(spec.fallback ?? { rules: [], otherwise: 0 }, signatureOf(spec), {
      numbers: Float64Array.of(1),
      texts: [null],
    }),
  ).toEqual({ scores: [42.5], decision: null });
});

test('what types cannot see is told with its place', () => {
  const spec = defineModel('m', { ...base, target });
  const problems = (fallback: NonNullable<typeof spec.fallback>) =>
    checkSpec({ ...spec, fallback }).map(({ path, message }) => `${path}: ${message}`);
  expect(problems({ rules: [], otherwise: 'maybe' })).toEqual([
    'fallback.otherwise: "maybe" is no answer of a binary target',
  ]);
  expect(problems({ rules: [], otherwise: 1.5 })).toEqual(['fallback.otherwise: 1.5 is not a probability']);
  expect(
    problems({ rules: [{ when: { feature: 'amuont', op: '=', value: 1 }, answer: 'no' }], otherwise: 'no' }),
  ).toEqual(['fallback.rules[0].when.feature: there is no feature amuont']);
  expect(
    problems({ rules: [{ when: { feature: 'merchant', op: '<', value: 'a' }, answer: 'no' }], otherwise: 'no' }),
  ).toEqual(['fallback.rules[0].when.op: a category has no order']);
  expect(
    problems({ rules: [{ when: { feature: 'amount', op: '<', value: 'a' }, answer: 'no' }], otherwise: 'no' }),
  ).toEqual(['fallback.rules[0].when.value: amount is a number, and "a" is not']);
});

test('a wrong label or feature is a compile error', () => {
  expectTypeOf<AnswerOf<typeof target>>().toEqualTypeOf<'yes' | 'no' | number>();
  // @ts-expect-error -- no such label
  expect(() => defineModel('m', { ...base, target, fallback: answerWith('maybe') })).toThrow('no answer');
  expect(() =>
    defineModel('m', {
      ...base,
      target,
      // @ts-expect-error -- no such feature
      fallback: answerByRules([{ when: { feature: 'nothing', op: '=', value: 1 }, answer: 'no' }], 'no'),
    }),
  ).toThrow('no feature');
  const classes = multiclass('c', { classes: ['a', 'b', 'c'] });
  expect(() =>
    // @ts-expect-error -- a class has no number
    defineModel('m', { ...base, target: classes, fallback: answerWith(1) }),
  ).toThrow('no class');
});
