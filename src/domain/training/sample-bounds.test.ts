import { describe, expect, test } from 'vitest';
import { shareLower, shareUpper } from '../../statistics/distributions/clopper-pearson.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { rowsNeeded, sampleBounds, type Sample } from './sample-bounds.ts';

const alphas = { lower: 0.05, upper: 0.01 };
const random = createRandom('samples');
const normal = (rows: number) => Float64Array.from({ length: rows }, () => 0.1 + random.normal());
const sampleOf = (values: Float64Array): Sample => ({ values, lowest: -4, highest: 4, lean: [0, 0] });
const repeated = (values: Float64Array, times: number) =>
  Float64Array.from({ length: Math.round(values.length * times) }, (_, i) => values[i % values.length] ?? 0);

describe('bounds of a sample', () => {
  test('of hits they are exact, whether more of them is better or less', () => {
    const hits = Float64Array.from({ length: 50 }, (_, row) => (row % 5 === 0 ? 0 : 1));
    const independent = { lower: shareLower(40, 50, 0.05), upper: shareUpper(40, 50, 0.01) };
    const sample: Sample = { values: hits, lowest: 0, highest: 1, lean: [0, 0] };
    expect(sampleBounds(sample, alphas)).toMatchObject({ method: 'clopper-pearson', ...independent });
    const misses: Sample = { values: hits.map((hit) => -hit), lowest: -1, highest: 0, lean: [0, 0] };
    const mirrored = sampleBounds(misses, { lower: 0.01, upper: 0.05 });
    expect(mirrored.lower).toBeCloseTo(-independent.upper, 12);
    expect(mirrored.upper).toBeCloseTo(-independent.lower, 12);
  });
  test('neighbours that say the same count for less', () => {
    const values = normal(400);
    const runs = Float64Array.from({ length: 400 }, (_, row) => values[Math.floor(row / 8)] ?? 0);
    const reach = (of: Float64Array) => {
      const { estimate, lower } = sampleBounds(sampleOf(of), alphas);
      return estimate - lower;
    };
    // Eight copies of each of 50 values spread as widely as 50 do: more widely by the root of eight.
    expect(reach(runs) / reach(values)).toBeGreaterThan(2);
    expect(reach(runs) / reach(values)).toBeLessThan(4);
  });
  test('a mean that leans is moved by as much, on the side to which it leans', () => {
    const sample = sampleOf(normal(100));
    const plain = sampleBounds(sample, alphas);
    const leaning = sampleBounds({ ...sample, lean: [0.5, 0.25] }, alphas);
    expect([plain.lower - leaning.lower, leaning.upper - plain.upper]).toEqual([
      expect.closeTo(0.5, 12),
      expect.closeTo(0.25, 12),
    ]);
  });
});

describe('how many rows more would show it', () => {
  const values = normal(200);
  const { estimate } = sampleBounds(sampleOf(values), alphas);
  test.each([-0.08, 0.08])('with as many more rows like these the bound is past the limit (%f away)', (away) => {
    const limit = estimate + away;
    const needed = rowsNeeded(sampleOf(values), limit, alphas) ?? 0;
    const proven = (rows: number) => {
      const { lower, upper } = sampleBounds(sampleOf(repeated(values, rows / values.length)), alphas);
      return away < 0 ? lower >= limit : upper < limit;
    };
    expect(proven(200)).toBe(false);
    expect(proven(200 + Math.ceil(needed / 200) * 200)).toBe(true);
    // It asks for four cases in five, and so for more than just brings the bound there, but not for many times as many.
    expect(proven(200 + Math.floor(needed / 1_000) * 200)).toBe(false);
  });
  test('closer limits need more, and one that the mean lies on is never decided', () => {
    const at = (away: number) => rowsNeeded(sampleOf(values), estimate - away, alphas);
    expect(at(0.04)).toBeGreaterThan(3 * (at(0.08) ?? Infinity));
    expect(at(0)).toBeNull();
  });
});
