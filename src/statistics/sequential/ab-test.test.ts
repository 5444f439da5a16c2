import { expect, test } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { adjustedDifference } from '../samples/adjusted-difference.ts';
import { mergedMoments, noMoments, withPair, type CoMoments } from '../samples/co-moments.ts';
import { bernsteinReach } from './bernstein.ts';
import { logSharesEValue } from './shares.ts';

const close = (got: number, wanted: number, error = 1e-10): void =>
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(error * Math.max(1, Math.abs(wanted)));

function momentsOfPairs(x: readonly number[], y: readonly number[]): CoMoments {
  return x.reduce((of, value, i) => withPair(of, value, y[i] ?? 0), noMoments);
}

test('moments do not cancel, and merge to the same', () => {
  const far = 1e9;
  const random = createRandom('moments');
  const pairs = Array.from({ length: 400 }, () => [far + random.normal(), far + random.normal()] as const);
  const fold = (some: typeof pairs) => some.reduce((of, [x, y]) => withPair(of, x, y), noMoments);
  const whole = fold(pairs);
  expect(whole.yy / 399).toBeGreaterThan(0.8);
  expect(whole.yy / 399).toBeLessThan(1.2);
  const merged = mergedMoments(fold(pairs.slice(0, 150)), fold(pairs.slice(150)));
  close(merged.xy, whole.xy, 1e-6);
  close(merged.yy, whole.yy, 1e-6);
  expect(mergedMoments(noMoments, whole)).toEqual(whole);
});

test('a sample in which nothing has happened yet proves nothing', () => {
  const none = momentsOfPairs(
    Array.from({ length: 50 }, () => 0),
    Array.from({ length: 50 }, () => 0),
  );
  const { difference, standardError } = adjustedDifference(none, none, 1);
  expect(difference).toBe(0);
  expect(standardError).toBeCloseTo(Math.sqrt(2 * 5) / 50, 12);
  expect(adjustedDifference(none, noMoments, 1).standardError).toBe(Infinity);
});

test('a sum of skewed terms is ever beyond the reach in at most alpha of streams', () => {
  const alpha = 0.1;
  const streams = 400;
  // A loss of 19 once in twenty, a gain of 1 else; and the other way round.
  const counted = [1, -1].map((sign) => {
    let beyond = 0;
    for (let stream = 0; stream < streams; stream++) {
      const random = createRandom(`skewed ${sign} ${stream}`);
      let [sum, squares] = [0, 0];
      for (let term = 1; term <= 600; term++) {
        const value = sign * (random.next() < 0.05 ? -19 : 1);
        sum += value;
        squares += value * value;
        if (term % 20 === 0 && sum > bernsteinReach(squares, { alpha, scale: 19, termsTuned: 600 })) {
          beyond++;
          break;
        }
      }
    }
    return beyond;
  });
  for (const beyond of counted) expect(beyond / streams).toBeLessThanOrEqual(alpha);
  // And it is no empty promise.
  expect(Math.max(...counted)).toBeGreaterThan(0);
});

test('shares as declared are suspected in at most alpha of streams, and others soon', () => {
  const shares = [0.6, 0.3, 0.1];
  const ever = (truth: readonly number[], seed: string): boolean => {
    const random = createRandom(seed);
    const counts = [0, 0, 0];
    for (let unit = 1; unit <= 2_000; unit++) {
      const at = random.next();
      const place = at < (truth[0] ?? 0) ? 0 : at < (truth[0] ?? 0) + (truth[1] ?? 0) ? 1 : 2;
      counts[place] = (counts[place] ?? 0) + 1;
      if (unit % 25 === 0 && logSharesEValue(counts, shares) >= Math.log(20)) return true;
    }
    return false;
  };
  const count = (truth: readonly number[], streams: number): number =>
    Array.from({ length: streams }, (_, run) => ever(truth, `shares ${run}`)).filter(Boolean).length;
  expect(count(shares, 500)).toBeLessThanOrEqual(25);
  expect(count([0.5, 0.4, 0.1], 50)).toBe(50);
});
