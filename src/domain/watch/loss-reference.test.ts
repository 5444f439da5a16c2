import { expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { decayLoss, unsaidProbabilityMin } from './decay-loss.ts';
import { judgeDecay } from './judge-decay.ts';
import { lossReference, referenceFrom } from './loss-reference.ts';

const none = { losses: [], probabilityMin: 0.001, timesMs: null };
const untimed = (losses: Float64Array) => ({ losses, timesMs: null });
const noise = (rows: number, seed: string): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => 0.5 + 0.1 * random.normal());
};

test('the first rows after the promotion stand in for a hold-out until there are enough', () => {
  const live = noise(5_000, 'live');
  const of = (rows: number) => referenceFrom(none, untimed(live.subarray(0, rows)), 250);
  expect(of(250)).toBeNull();
  expect(of(800)).toMatchObject({ rows: 550, liveRows: 550, isFixed: false });
  expect(of(2_249)).toMatchObject({ rows: 1_999, isFixed: false });
  const fixed = of(2_250);
  expect(fixed).toMatchObject({ rows: 2_000, liveRows: 2_000, isFixed: true });
  // Whatever comes: it is the first rows that count.
  expect(of(5_000)).toEqual(fixed);
  expect(referenceFrom(none, untimed(live), 250, { referenceRows: 600 })).toMatchObject({ rows: 600, isFixed: true });
});

test('a hold-out with rows enough is the reference, all of it', () => {
  const holdOut = { losses: [...noise(4_000, 'hold-out')], probabilityMin: 0.001, timesMs: null };
  const reference = referenceFrom(holdOut, untimed(noise(5_000, 'live')), 250);
  expect(reference).toMatchObject({ rows: 4_000, liveRows: 0, isFixed: true });
  expect(
    referenceFrom({ ...holdOut, losses: holdOut.losses.slice(0, 1_000) }, untimed(noise(5_000, 'live')), 250),
  ).toMatchObject({ rows: 2_000, liveRows: 1_000, isFixed: true });
});

test('memory widens what a reference says, and one more row counts as seen as large as the largest', () => {
  const values = noise(1_000, 'plain');
  const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
  const plain = lossReference(values, told);
  const runs = lossReference(
    values.map((_, row) => values[Math.floor(row / 10)] ?? 0),
    told,
  );
  expect(plain.designEffect).toBeLessThan(2);
  expect(runs.designEffect).toBeGreaterThan(4);
  expect(plain.deviation ** 2).toBeGreaterThan(plain.variance);
});

test('losses that were clipped at 0.01 when they were kept do not make sure and wrong answers a rise', () => {
  const target = { task: 'binary', column: 'y', negative: 'no', positive: 'yes', labelDelay: { rows: 1 } } as const;
  const random = createRandom('sure');
  const rows = Array.from({ length: 3_500 }, () => ({ p: random.next() < 0.2 ? 0.0001 : 0.9, label: 1 }));
  const lossesAt = (clipAt?: number) =>
    Float64Array.from(rows, ({ p, label }) => decayLoss(target, [1 - p, p], label, clipAt));
  const probabilityMin = unsaidProbabilityMin;
  const kept = { losses: [...lossesAt(probabilityMin).subarray(0, 1_500)], probabilityMin, timesMs: null };
  const reference = referenceFrom(kept, untimed(new Float64Array()), 250);
  const decay = { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 250 };
  const verdictAt = (clipAt?: number) =>
    judgeDecay({ losses: lossesAt(clipAt).subarray(1_500), entities: null }, reference, decay).verdict;
  expect(verdictAt(reference?.probabilityMin)).toBe('steady');
  // Held against each other as they are, they would: that is what the reference remembers its clip for.
  expect(verdictAt()).toBe('decayed');
});
