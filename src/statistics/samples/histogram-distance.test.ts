import { describe, expect, test } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { kolmogorovNoise, leastKolmogorovDistance, type StepCounts } from './histogram-distance.ts';

function stepsOf(sample: readonly number[], from: number, to: number): StepCounts {
  const rows = Array.from({ length: 16 }, () => 0);
  for (const x of sample) {
    const step = Math.max(0, Math.min(15, Math.floor(((x - from) / (to - from)) * 16)));
    rows[step] = (rows[step] ?? 0) + 1;
  }
  return { from, to, rows };
}

/** Of the samples themselves, by all of their values. */
function kolmogorovDistance(first: readonly number[], second: readonly number[]): number {
  const below = (sample: readonly number[], x: number) => sample.filter((one) => one < x).length / sample.length;
  return Math.max(...[...first, ...second, Infinity].map((x) => Math.abs(below(first, x) - below(second, x))));
}

describe('the least distance of two histograms', () => {
  const random = createRandom('steps');
  const normal = (shift: number, scale: number) => (): number =>
    shift + scale * (Array.from({ length: 12 }, () => random.next()).reduce((sum, x) => sum + x, 0) - 6);
  const cases = Array.from({ length: 60 }, () => ({
    shift: random.next() * 2,
    scale: 0.5 + random.next(),
    isWhole: random.next() < 0.5,
    offset: random.next() - 0.5,
  }));
  test.each(cases)('is never more than that of the samples: %j', ({ shift, scale, isWhole, offset }) => {
    const [one, other] = [normal(0, 1), normal(shift, scale)];
    const whole = (x: number) => (isWhole ? Math.round(2 * x) : x);
    const first = Array.from({ length: 200 }, () => whole(one()));
    const second = Array.from({ length: 200 }, () => whole(other()));
    const least = leastKolmogorovDistance(stepsOf(first, -3, 3), stepsOf(second, -3 + offset, 4 + offset));
    expect(least).toBeLessThanOrEqual(kolmogorovDistance(first, second) + 1e-12);
  });

  test('is near to it where samples are far apart', () => {
    const first = Array.from({ length: 500 }, normal(0, 1));
    const second = Array.from({ length: 500 }, normal(1.5, 1));
    const least = leastKolmogorovDistance(stepsOf(first, -2.3, 2.3), stepsOf(second, -0.8, 3.8));
    expect(least).toBeGreaterThan(kolmogorovDistance(first, second) - 0.15);
  });

  test('is 0 of an empty one', () => {
    expect(leastKolmogorovDistance({ from: 0, to: 1, rows: [0, 0] }, { from: 0, to: 1, rows: [1, 5] })).toBe(0);
  });
});

test('samples of one distribution are rarely further apart than the noise', () => {
  const random = createRandom('noise');
  const sample = () => Array.from({ length: 60 }, () => random.next());
  const beyond = Array.from({ length: 400 }, () => kolmogorovDistance(sample(), sample())).filter(
    (distance) => distance > kolmogorovNoise(60, 60),
  );
  expect(beyond.length).toBeLessThanOrEqual(3);
});
