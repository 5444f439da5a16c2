import { describe, expect, test } from 'vitest';
import { bootstrapBounds, bootstrapMeanBounds } from '../samples/bootstrap.ts';
import { chiSquareHomogeneity } from '../samples/chi-square.ts';
import { mean } from '../samples/losses.ts';
import { blockMeans, momentsOf } from '../samples/paired.ts';
import { createRandom } from './random.ts';

describe('random', () => {
  test('a seed fixes the stream for ever; forks depend on the label alone', () => {
    const first = createRandom(7);
    expect([first.next(), first.integer(1_000), first.normal()]).toMatchInlineSnapshot(`
      [
        0.12653633063009528,
        908,
        0.9677709556269978,
      ]
    `);
    const used = createRandom('a');
    used.next();
    expect(used.fork('x').next()).toBe(createRandom('a').fork('x').next());
    expect(used.fork('x').next()).not.toBe(used.fork('y').next());
  });
  test('uniform, unbiased, normal', () => {
    const random = createRandom('moments');
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) {
      const cell = random.integer(7);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    expect(chiSquareHomogeneity(counts, new Float64Array(7).fill(1e9)).pValue).toBeGreaterThan(0.001);
    const normal = momentsOf(Float64Array.from({ length: 40_000 }, () => random.normal()));
    expect(Math.abs(normal.mean)).toBeLessThan(0.02);
    expect(Math.abs(normal.variance - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(Float64Array.from({ length: 40_000 }, () => random.next())) - 0.5)).toBeLessThan(0.005);
  });
});

describe('bootstrap', () => {
  const random = createRandom('differences');
  const differences = Float64Array.from({ length: 400 }, () => 0.1 + random.normal());

  test('agrees with Student on independent rows, and repeats itself', () => {
    const { count, mean, variance } = momentsOf(differences);
    const studentT95 = 1.648_682; // of 399 degrees of freedom
    const reach = studentT95 * Math.sqrt(variance / count);
    const bounds = bootstrapMeanBounds(differences, { seed: 1, alpha: 0.05 });
    expect(bounds?.estimate).toBeCloseTo(mean, 12);
    expect(Math.abs((bounds?.lower ?? 0) - (mean - reach))).toBeLessThan(0.02);
    expect(Math.abs((bounds?.upper ?? 0) - (mean + reach))).toBeLessThan(0.02);
    expect(bootstrapMeanBounds(differences, { seed: 1, alpha: 0.05 })).toEqual(bounds);
  });
  test('blocks widen the bounds of a stream with memory', () => {
    let level = 0;
    const stream = Float64Array.from({ length: 1_000 }, () => (level = 0.9 * level + random.normal()));
    const width = (blockRows: number) => {
      const bounds = bootstrapMeanBounds(stream, { seed: 1, alpha: 0.05, blockRows });
      return (bounds?.upper ?? 0) - (bounds?.lower ?? 0);
    };
    expect(width(50)).toBeGreaterThan(2 * width(1));
    expect(blockMeans([1, 3, 5, 7, 9], 2)).toEqual(Float64Array.of(2, 6));
  });
  test('work is bounded, nothing gives nothing', () => {
    expect(bootstrapMeanBounds(new Float64Array(50_000), { seed: 1, alpha: 0.05 })?.resamples).toBe(400);
    expect(bootstrapBounds(0, () => 1, { seed: 1, alpha: 0.05 })).toBeNull();
    expect(bootstrapBounds(5, () => null, { seed: 1, alpha: 0.05 })).toBeNull();
  });
});
