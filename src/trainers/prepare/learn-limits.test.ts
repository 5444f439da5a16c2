import { expect, test } from 'vitest';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { columnsOf } from '../../onnx/run/columns.ts';
import { limitsIn } from './learn-limits.ts';

const signature = signatureOf({
  features: [{ name: 'x', kind: 'number', missing: 'allow' }],
  target: fixtureTargets.regression,
});

const limitsOf = (numbers: readonly number[]) =>
  limitsIn(
    [{ action: 'clip', quantiles: [0, 1] }],
    signature,
    columnsOf(numbers.length, [{ name: 'x', kind: 'number', numbers: Float64Array.from(numbers) }]),
  );

test('a number beyond float32 teaches no limit, and lies beyond it', () => {
  const limits = limitsOf([1e300, 1, 2, -1e39, Number.NaN]);
  expect(limits).toEqual([{ feature: 'x', action: 'clip', low: 1, high: 2, below: 1, above: 1 }]);
  // They stand in a file between the steps of a training, where JSON has no infinity.
  expect(JSON.parse(JSON.stringify(limits))).toEqual(limits);
  expect(limitsOf([1e300, -1e39, Number.NaN])).toEqual([]);
});
