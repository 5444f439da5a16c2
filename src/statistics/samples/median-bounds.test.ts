import { describe, expect, test } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { medianBounds } from './median-bounds.ts';

const usual = { lower: 0.05, upper: 0.05 };
const upTo = (count: number) => Float64Array.from({ length: count }, (_, i) => i + 1);

describe('medianBounds', () => {
  // P(fewer than k heads of n) by hand: 1/32; 1/2048, 12/2048, 67/2048 and 232/2048.
  test.each([
    [4, null, null],
    [5, 1, 5],
    [8, 2, 7],
    [11, 3, 9],
  ])('of %i values', (count, lower, upper) => {
    expect(medianBounds(upTo(count), usual)).toMatchObject({ lower, upper });
  });

  test('each side has an error of its own', () => {
    expect(medianBounds(upTo(11), { lower: 0.01, upper: 0.0001 })).toEqual({ median: 6, lower: 2, upper: null });
    expect(medianBounds(upTo(10), usual).median).toBe(5.5);
  });

  test('the order of the values does not matter', () => {
    expect(medianBounds([5, 1, 4, 2, 3], usual)).toEqual({ median: 3, lower: 1, upper: 5 });
  });

  test('it misses the median no more often than it says, also where values are very skew', () => {
    const random = createRandom(7);
    const runs = 4_000;
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      const { upper } = medianBounds(
        Float64Array.from({ length: 11 }, () => Math.exp(2 * random.normal())),
        usual,
      );
      if ((upper ?? 0) < 1) missed++;
    }
    // 67 / 2048 is 3.27 %; five standard deviations of 4,000 runs are 1.4 %.
    expect(missed / runs).toBeGreaterThan(0.0187);
    expect(missed / runs).toBeLessThan(0.0467);
  });
});
