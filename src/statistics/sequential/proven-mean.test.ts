import { expect, test } from 'vitest';
import { provenMean } from './proven-mean.ts';
import { createRandom } from '../numeric/random.ts';

const options = { alpha: 0.05, blockRows: 100, groups: null, span: 0, isForAllLooks: true };

function normals(rows: number, mean: number, seed: string): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => mean + random.normal());
}

test('a mean of nothing is proven to be above it in at most alpha, at any of 20 looks', () => {
  let proven = 0;
  const streams = 100;
  for (let run = 0; run < streams; run++) {
    const all = normals(4_000, 0, `nothing ${run}`);
    for (let rows = 400; rows <= all.length; rows += 200)
      if ((provenMean(all.subarray(0, rows), options)?.lower ?? 0) > 0) {
        proven++;
        break;
      }
  }
  // 0 to 2 of 100 on other seeds.
  expect(proven).toBeLessThanOrEqual(5);
});

test('one that is above is proven, also when it is so only of late', () => {
  expect(provenMean(normals(4_000, 0.2, 'above'), options)?.lower).toBeGreaterThan(0);
  const late = Float64Array.from([...normals(4_000, 0, 'calm'), ...normals(800, 0.5, 'late')]);
  expect(provenMean(late, options)).toMatchObject({ rows: 800 });
  expect(provenMean(late, options)?.lower).toBeGreaterThan(0);
});

test('a burst, one entity or a value that has not come yet prove nothing', () => {
  const burst = Float64Array.from([...normals(600, 0, 'before'), ...normals(200, 1, 'burst')]);
  expect(provenMean(burst, options)?.lower).toBeLessThan(0);
  // One of three entities, in turn, is where all of the mean comes from: stretches of time look alike.
  const values = normals(900, 0, 'entity').map((value, row) => 0.1 * value + (row % 3 === 0 ? 1 : 0));
  expect(provenMean(values, options)?.lower).toBeGreaterThan(0);
  const few = Uint32Array.from(values.keys(), (row) => row % 3);
  expect(provenMean(values, { ...options, groups: few })?.lower).toBeLessThan(0);
  const still = new Float64Array(800).fill(0.01);
  expect(provenMean(still, options)?.lower).toBeGreaterThan(0);
  expect(provenMean(still, { ...options, span: 2 })?.lower).toBeLessThan(0);
});

test('fewer than four blocks say nothing', () => {
  expect(provenMean(new Float64Array(399).fill(1), options)).toBeNull();
});
