import { describe, expect, test } from 'vitest';
import { isBeyondBoundary, logEValue, logSumExp } from './e-process.ts';
import type { FailureCounts } from './e-process.ts';
import { createRandom } from '../numeric/random.ts';

const ramp = [0.01, 0.05, 0.1, 0.25, 0.5];

/** One rollout: at each weight 40 looks with `failuresPerLook` first failures; true when it was ever stopped. */
function isStopped(seed: string, ratio: number, alpha: number, failuresPerLook: number): boolean {
  const random = createRandom(seed);
  const counts: FailureCounts[] = [];
  for (const weight of ramp) {
    let championFailures = 0;
    let challengerFailures = 0;
    const share = (ratio * weight) / (1 - weight + ratio * weight);
    for (let look = 0; look < 40; look++) {
      for (let i = 0; i < failuresPerLook; i++) {
        if (random.next() < share) challengerFailures++;
        else championFailures++;
      }
      if (isBeyondBoundary(logEValue([...counts, { weight, championFailures, challengerFailures }], 1), alpha))
        return true;
    }
    counts.push({ weight, championFailures, challengerFailures });
  }
  return false;
}

function shareStopped(runs: number, ratio: number, alpha: number, failuresPerLook: number): number {
  let stopped = 0;
  for (let run = 0; run < runs; run++) if (isStopped(`run ${run}`, ratio, alpha, failuresPerLook)) stopped++;
  return stopped / runs;
}

describe('event e-process', () => {
  test('a healthy challenger is stopped in at most alpha of rollouts, looked at 200 times each', () => {
    const share = shareStopped(2_000, 1, 0.05, 2);
    expect(share).toBeLessThanOrEqual(0.05);
    expect(share).toBeGreaterThan(0.005);
  });
  test('five times the failures are always found, half the failures never', () => {
    expect(shareStopped(100, 5, 0.01, 2)).toBe(1);
    expect(shareStopped(200, 0.5, 0.05, 2)).toBeLessThanOrEqual(0.01);
  });
  test('is an e-value: its mean over one failure under the accepted ratio is exactly 1', () => {
    for (const [weight, ratio] of [
      [0.1, 1],
      [0.3, 1.5],
      [0.5, 2],
    ] as const) {
      const share = (ratio * weight) / (1 - weight + ratio * weight);
      const won = Math.exp(logEValue([{ weight, championFailures: 0, challengerFailures: 1 }], ratio));
      const lost = Math.exp(logEValue([{ weight, championFailures: 1, challengerFailures: 0 }], ratio));
      expect(share * won + (1 - share) * lost).toBeCloseTo(1, 12);
    }
  });
  test('no failures, or none assigned by chance, are no evidence; huge counts stay finite', () => {
    expect(logEValue([], 1)).toBeCloseTo(0, 12);
    expect(logEValue([{ weight: 1, championFailures: 3, challengerFailures: 900 }], 1)).toBeCloseTo(0, 12);
    expect(logEValue([{ weight: 0.5, championFailures: 0, challengerFailures: 1e6 }], 1)).toBeGreaterThan(1e5);
    expect(logSumExp([-1e9, -1e9])).toBeCloseTo(-1e9 + Math.LN2, 6);
  });
});
