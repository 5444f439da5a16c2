import { expect, test } from 'vitest';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { linearTrainer } from './linear.ts';

test('a feature that moves the score twice as much counts twice as much, whatever its unit', async () => {
  const random = lehmer(3);
  const rows = 2_000;
  const big = Float64Array.from({ length: rows }, () => random() * 1e6);
  const small = Float64Array.from({ length: rows }, () => random());
  const noise = Float64Array.from({ length: rows }, () => random());
  const shop = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 'a' : 'b'));
  // Spreads: 2 * sd(U), 1 * sd(U), none, 0.5.
  const labels = Float64Array.from(
    { length: rows },
    (_, row) => (2 * (big[row] ?? 0)) / 1e6 + (small[row] ?? 0) + (row % 2),
  );
  const columns = [
    { name: 'big', kind: 'number' as const, numbers: big },
    { name: 'small', kind: 'number' as const, numbers: small },
    { name: 'noise', kind: 'number' as const, numbers: noise },
    { name: 'shop', kind: 'category' as const, texts: shop },
  ];
  const { importance } = await linearTrainer.fit(
    fitRequest({ task: 'regression', column: 'y', labelDelay: { rows: 0 } }, columns, labels),
  );
  const of = new Map(importance.map(({ feature, gain }) => [feature, gain]));
  const spread = 1 / Math.sqrt(12);
  const total = 3 * spread + 0.5;
  expect(of.get('big')).toBeCloseTo((2 * spread) / total, 1);
  expect(of.get('small')).toBeCloseTo(spread / total, 1);
  expect(of.get('shop')).toBeCloseTo(0.5 / total, 1);
  expect(of.get('noise')).toBeLessThan(0.02);
  expect(importance.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(1);
  expect(importance.at(-1)?.feature).toBe('noise');
});
