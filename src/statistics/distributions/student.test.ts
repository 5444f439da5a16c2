import { expect, test } from 'vitest';
import { welchGreater } from '../samples/paired.ts';
import golden from './student.golden.json' with { type: 'json' };
import { studentTQuantile } from './student-quantile.ts';

test('upper quantiles of scipy', () => {
  for (const [alpha = 0, df = 0, quantile = 0] of golden.quantiles)
    expect(Math.abs(studentTQuantile(alpha, df) - quantile)).toBeLessThanOrEqual(1e-10 * Math.max(1, quantile));
});

test('the test of Welch from means and standard errors, as scipy has it', () => {
  const estimate = ([mean = 0, standardError = 0, count = 0]: readonly number[]) => ({
    mean,
    standardError,
    df: count - 1,
  });
  for (const { first, second, t, pValue } of golden.welch) {
    const welch = welchGreater(estimate(first), estimate(second));
    expect(welch.t).toBeCloseTo(t, 12);
    expect(Math.abs(welch.pValue / pValue - 1)).toBeLessThan(1e-10);
  }
});
