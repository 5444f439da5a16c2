import { expect, test } from 'vitest';
import type { Covariate } from '../../../domain/rollout/covariates.ts';
import { columnsOf } from '../../../onnx/run/columns.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { withOpinion } from './linear-opinion.ts';

const standards: readonly Covariate[] = ['rises', 'noise'].map((feature) => ({ feature, mean: 1, deviation: 2 }));

function learnt(count: number) {
  const random = createRandom('opinion');
  const rises = Float64Array.from({ length: count }, () => 1 + 2 * random.normal());
  const labels = rises.map((value) => (random.next() < 1 / (1 + Math.exp(-(value - 1) / 2)) ? 1 : 0));
  const column = (name: string, numbers: Float64Array) => ({ kind: 'number' as const, name, numbers });
  return {
    columns: columnsOf(count, [
      column('rises', rises),
      column(
        'noise',
        rises.map(() => random.normal()),
      ),
    ]),
    labels,
  };
}

test('each feature is told what a linear model of the training rows says of one deviation', () => {
  const [rises, noise] = withOpinion(standards, 'binary', learnt(4_000));
  expect(rises?.opinion).toBeCloseTo(1, 0);
  expect(Math.abs(noise?.opinion ?? 1)).toBeLessThan(0.2);
});

test('without training rows, or features, there is no opinion', () => {
  expect(withOpinion(standards, 'binary', undefined)).toBe(standards);
  expect(withOpinion(standards, 'binary', learnt(0))).toBe(standards);
  expect(withOpinion([], 'binary', learnt(10))).toEqual([]);
});
