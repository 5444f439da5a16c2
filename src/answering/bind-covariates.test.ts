import { describe, expect, test } from 'vitest';
import type { Correction } from '../domain/rollout/correction.ts';
import { covariatesOf } from '../domain/rollout/covariates.ts';
import { completeSpec } from '../domain/spec/default-spec.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import type { FeatureSpec } from '../domain/spec/spec.ts';
import { bindCovariates } from './bind-covariates.ts';

const covariates = [
  { feature: 'age', mean: 40, deviation: 10 },
  { feature: 'amount', mean: 100, deviation: 50 },
];
const correction: Correction = {
  formatVersion: 2,
  task: 'binary',
  slope: 1,
  intercepts: [0],
  weights: [1, 2],
  covariates,
};

function signatureWith(features: readonly FeatureSpec[]) {
  return signatureOf(
    completeSpec({
      name: 'm',
      about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
      features,
      target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
      source: { kind: 'file', path: 'x.csv', format: 'csv' },
    }),
  );
}
const number = (name: string): FeatureSpec => ({ kind: 'number', name, missing: 'allow' });
const category = (name: string): FeatureSpec => ({ kind: 'category', name, missing: 'allow' });

/** The numbers of a row in the order of a signature: texts stand elsewhere. */
function numbersOf(features: readonly FeatureSpec[], row: Readonly<Record<string, number>>): readonly number[] {
  const numbers: number[] = [];
  for (const { name, kind, index } of signatureWith(features).columns)
    if (kind !== 'category') numbers[index] = row[name] ?? Number.NaN;
  return numbers;
}

describe.each([
  ['as the correction names them', [number('age'), number('amount')]],
  ['the other way round', [number('amount'), number('age')]],
  ['between others', [category('age group'), number('first'), number('amount'), category('shop'), number('age')]],
] satisfies [string, FeatureSpec[]][])('columns %s', (_what, features) => {
  const bound = bindCovariates(correction, signatureWith(features));

  test('each feature is read from its own', () => {
    const numbers = numbersOf(features, { amount: 150, age: 30, first: 999 });
    expect([...(bound(numbers) ?? [])]).toEqual([-1, 1]);
  });

  test('what is missing, infinite or wild is as the fit takes it', () => {
    for (const [amount, age] of [
      [Number.NaN, 40],
      [Infinity, -Infinity],
      [1e12, Number.NaN],
      [123.456, 41.7],
    ] as const) {
      const asFitted = covariatesOf(covariates, 1, (name) => [name === 'age' ? age : amount]);
      expect(bound(numbersOf(features, { amount, age }))).toEqual(asFitted.values);
    }
  });
});

test('a feature that the signature does not have, or has as text, is missing in every row', () => {
  for (const features of [[number('amount')], [number('amount'), category('age')]]) {
    const bound = bindCovariates(correction, signatureWith(features));
    expect([...(bound(numbersOf(features, { amount: 200 })) ?? [])]).toEqual([0, 2]);
  }
  expect([...(bindCovariates(correction, signatureWith([number('else')]))([7]) ?? [])]).toEqual([0, 0]);
});

test('nothing stands beside the scores of a correction without covariates, or of none', () => {
  const signature = signatureWith([number('age')]);
  const plain: Correction = { formatVersion: 1, task: 'binary', slope: 1, intercepts: [0] };
  for (const one of [null, plain]) expect(bindCovariates(one, signature)([1])).toBeUndefined();
});
