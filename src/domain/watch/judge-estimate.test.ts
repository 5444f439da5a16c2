import { describe, expect, test } from 'vitest';
import { calibrated, playEstimates, windowsOf, type PlayedWindow } from '../../../tests/worlds/estimate-world.ts';
import { defaultEstimateAlarm } from '../spec/default-spec.ts';
import { judgeEstimatedDecay } from './judge-estimated-decay.ts';
import { basisOf, judgeEstimate, type MaturedEstimate } from './judge-estimate.ts';

const sharp = { ...calibrated, sharpness: 1.5 };
const healthy = windowsOf(sharp, 300, 'healthy');
const streams = 60;

function streamsOf(name: string, windows: number, poolAt: Parameters<typeof playEstimates>[3]) {
  return Array.from({ length: streams }, (_, run) => playEstimates('logLoss', windows, `${name} ${run}`, poolAt));
}
const isWithin = ({ judged: { interval }, realised }: PlayedWindow) =>
  interval !== null && realised >= interval.lower && realised <= interval.upper;
const first = <T>(list: readonly T[]): T => {
  const [one] = list;
  if (one === undefined) throw new Error('empty');
  return one;
};

/** Errors of .1 give or take, whose intervals were stated from window 11 on. */
function windows(count: number, more: (window: number) => Partial<MaturedEstimate> = () => ({})): MaturedEstimate[] {
  return Array.from({ length: count }, (_, at) => ({
    window: at + 1,
    estimated: 0.5,
    realised: 0.6 + 0.01 * (at % 3) - 0.01,
    said: at < 10 ? null : { lower: 0.55, upper: 0.65 },
    ...more(at + 1),
  }));
}

describe('judgeEstimate', () => {
  test('ten windows make an interval, around the estimate corrected by what earlier ones were off by', () => {
    expect(basisOf(windows(9))).toBeNull();
    expect(basisOf(windows(12, () => ({ realised: 0.6 })))).toBeNull();
    const basis = basisOf(windows(30));
    expect(basis).toMatchObject({ windows: 20, throughWindow: 20 });
    expect(basis?.mean).toBeCloseTo(0.0995, 6);
    const { interval, trust } = judgeEstimate('logLoss', 0.4, basis, []);
    expect(((interval?.lower ?? 0) + (interval?.upper ?? 0)) / 2).toBeCloseTo(0.4995, 6);
    // t(.025; 19) = 2.093, deviation .00826: reach .01771.
    expect((interval?.upper ?? 0) - (interval?.lower ?? 0)).toBeCloseTo(2 * 0.01771, 4);
    expect(trust).toBe('not-yet');
    expect(judgeEstimate('logLoss', 0.4, null, []).text).toBe(
      'Log loss is estimated at 0.4, without an interval: 10 windows of this champion need mature labels.',
    );
  });
  test('trust needs ten stated intervals that were right; a few misses suspend it', () => {
    const trustOf = (latest: readonly MaturedEstimate[]) =>
      judgeEstimate('logLoss', 0.5, basisOf(windows(20)), latest).trust;
    expect(trustOf(windows(19))).toBe('not-yet');
    expect(trustOf(windows(20))).toBe('trusted');
    const missing = (...missed: readonly number[]) =>
      windows(24, (window) => (missed.includes(window) ? { said: { lower: 0, upper: 0.1 } } : {}));
    expect(trustOf(missing(12))).toBe('trusted');
    expect(trustOf(missing(12, 13, 14))).toBe('not-yet');
    expect(trustOf(missing(12, 13, 14, 15, 16, 17))).toBe('not-trusted');
  });
  test('the mean error of five windows after the basis ends trust, though each lies within its interval', () => {
    const moved = windows(25, (window) => (window > 20 ? { realised: 0.64 } : {}));
    const judged = judgeEstimate('logLoss', 0.5, basisOf(moved), moved);
    expect(judged).toMatchObject({ compared: 15, within: 15, trust: 'not-trusted' });
    expect(judged.text).toMatch(/15 held .*, and estimates are off by another amount than they were: not trusted\.$/);
  });
  test('of a stream that does not change about 95 % of intervals are right, and trust lasts', () => {
    const played = streamsOf('steady', 74, () => healthy);
    const within = played.flatMap((stream) => [stream[13], stream[24]].flatMap((one) => (one ? [isWithin(one)] : [])));
    expect(within.filter(Boolean).length / within.length).toBeGreaterThan(0.9);
    expect(within.filter(Boolean).length / within.length).toBeLessThan(0.99);
    const lost = played.filter((stream) => stream.slice(24).some(({ judged }) => judged.trust === 'not-trusted'));
    expect(lost.length / streams).toBeLessThanOrEqual(0.1);
    expect(played.filter((stream) => stream[49]?.judged.trust === 'trusted').length / streams).toBeGreaterThan(0.85);
  });
  test('when features lose their meaning, trust is gone within ten windows', () => {
    const broken = windowsOf({ ...sharp, kept: 0.5 }, 200, 'broken');
    const played = streamsOf('broken', 60, (window) => (window > 50 ? broken : healthy));
    expect(played.filter((stream) => stream[59]?.judged.trust === 'not-trusted')).toHaveLength(streams);
  });
});

describe('judgeEstimatedDecay', () => {
  test('rings for inputs of which less can be known, and only while it is trusted', () => {
    // Log-odds near 0, as if the model could not tell any more, and by its own word.
    const vague = windowsOf({ ...sharp, odds: [-0.5, 1] }, 200, 'vague');
    const [stream] = streamsOf('vague', 51, (window) => (window > 50 ? vague : healthy));
    const judged = stream?.[50]?.judged ?? first<never>([]);
    expect(judgeEstimatedDecay({ ...judged, trust: 'trusted' }, defaultEstimateAlarm).verdict).toBe('decayed');
    expect(judgeEstimatedDecay({ ...judged, trust: 'not-yet' }, defaultEstimateAlarm).verdict).toBe('insufficient');
    expect(judgeEstimatedDecay({ ...judged, trust: 'not-trusted' }, defaultEstimateAlarm).verdict).toBe('insufficient');
  });
  test('is silent in a stream that does not change', () => {
    const rung = streamsOf('silent', 74, () => healthy).filter((stream) =>
      stream.some(({ judged }) => judgeEstimatedDecay(judged, defaultEstimateAlarm).verdict === 'decayed'),
    );
    expect(rung).toHaveLength(0);
  });
});
