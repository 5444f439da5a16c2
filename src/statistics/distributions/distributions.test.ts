import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { incompleteBeta, studentTSf } from './beta.ts';
import { chiSquareSf, incompleteGamma } from './gamma.ts';
import { erf, erfc, normalCdf, normalQuantile, normalSf } from './normal.ts';

const golden: Record<string, readonly (readonly number[])[]> = JSON.parse(
  readFileSync(new URL('./distributions.golden.json', import.meta.url), 'utf8'),
);

/** Runs `compute` over each vector: leading columns are arguments, the last `results` columns what must come out. */
function check(
  name: string,
  results: number,
  relativeErrorMax: number,
  compute: (...args: number[]) => readonly number[],
): void {
  const vectors = golden[name] ?? [];
  expect(vectors.length, name).toBeGreaterThan(4);
  for (const vector of vectors) {
    const args = vector.slice(0, vector.length - results);
    const got = compute(...args);
    vector.slice(vector.length - results).forEach((wanted, i) => {
      const error = Math.abs((got[i] ?? Number.NaN) - wanted) / (wanted === 0 ? 1 : Math.abs(wanted));
      expect(error, `${name}(${args.join(', ')}) = ${got[i]}, wanted ${wanted}`).toBeLessThanOrEqual(relativeErrorMax);
    });
  }
}

describe('distributions against golden vectors', () => {
  test('error function and normal', () => {
    check('erf', 1, 1e-13, (x) => [erf(x ?? 0)]);
    check('erfc', 1, 1e-12, (x) => [erfc(x ?? 0)]);
    check('normalCdf', 1, 1e-12, (z) => [normalCdf(z ?? 0)]);
    check('normalQuantile', 1, 1e-12, (p) => [normalQuantile(p ?? 0)]);
    expect(normalSf(8)).toBeCloseTo(6.220960574271785e-16, 28);
    expect(normalQuantile(-0.1)).toBeNaN();
  });
  test('gamma', () => {
    check('incompleteGamma', 2, 1e-12, (a = 0, x = 0) => {
      const { lower, upper } = incompleteGamma(a, x);
      return [lower, upper];
    });
    check('chiSquareSf', 1, 1e-11, (x = 0, df = 0) => [chiSquareSf(x, df)]);
  });
  test('beta and Student', () => {
    check('incompleteBeta', 2, 1e-11, (a = 0, b = 0, x = 0) => {
      const { lower, upper } = incompleteBeta(a, b, x);
      return [lower, upper];
    });
    check('studentTSf', 1, 1e-11, (t = 0, df = 0) => [studentTSf(t, df)]);
  });
});
