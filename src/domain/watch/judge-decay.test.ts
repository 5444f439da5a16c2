import { expect, test } from 'vitest';
import { decayStream, decayWorlds, noiseOf, type DecayStream } from '../../../tests/worlds/decay-world.ts';
import { judgeDecay } from './judge-decay.ts';
import { lossReference, type LossReference } from './loss-reference.ts';

// In short what npm run bench:judgement asks of decay, on two of the worlds that it plays.
const decay = { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 250 };
const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
const [plain, , , mood] = decayWorlds;
if (plain === undefined || mood === undefined) throw new RangeError('there are worlds');
const constant = (level: number, rows: number): DecayStream => ({
  losses: new Float64Array(rows).fill(level),
  entities: null,
});

function parts(stream: DecayStream, rows: number): { recent: DecayStream; reference: LossReference } {
  const recent = { ...stream, losses: stream.losses.subarray(rows) };
  return { recent, reference: lossReference(stream.losses.subarray(0, rows), told) };
}

test.each([plain, mood])('a healthy stream hardly ever alarms in 50 windows: $name', (world) => {
  let alarms = 0;
  for (let run = 0; run < 30; run++) {
    const { losses } = decayStream(world, 2_000 + 50 * 500, `healthy ${run}`);
    const reference = lossReference(losses.subarray(0, 2_000), told);
    for (let to = 2_500; to <= losses.length; to += 500) {
      const recent = { losses: losses.subarray(Math.max(2_000, to - 4_000), to), entities: null };
      if (judgeDecay(recent, reference, decay).verdict !== 'decayed') continue;
      alarms++;
      break;
    }
  }
  // None of 250 other streams of the first kind, 2 of the second; three of 30 would be ten times alpha.
  expect(alarms).toBeLessThanOrEqual(2);
});

test('a rise of a quarter is found in 2,000 rows, and not when it must be larger', () => {
  const noise = noiseOf(plain, 0.25);
  let found = 0;
  for (let run = 0; run < 20; run++) {
    const stream = decayStream(plain, 3_500, `risen ${run}`, (row) => (row >= 1_500 ? noise : 0));
    const { recent, reference } = parts(stream, 1_500);
    if (judgeDecay(recent, reference, decay).verdict === 'decayed') found++;
    expect(judgeDecay(recent, reference, { ...decay, relativeRiseMin: 0.9 }).verdict).toBe('steady');
  }
  // Nine in ten streams are found by then, and nearly all within 10 windows.
  expect(found).toBeGreaterThanOrEqual(13);
});

test('rows of few entities are worth few rows', () => {
  const { losses } = decayStream(plain, 2_500, 'entities', (row) => (row >= 1_500 ? 1.5 : 0));
  const reference = lossReference(losses.subarray(0, 1_500), told);
  const recent = losses.subarray(1_500);
  const of = (entities: Uint32Array | null) => judgeDecay({ losses: recent, entities }, reference, decay).pValue ?? 1;
  const spread = of(Uint32Array.from(recent.keys()));
  expect(of(Uint32Array.from(recent, (loss) => Math.floor(loss * 4)))).toBeGreaterThan(10 * spread);
  expect(of(new Uint32Array(recent.length))).toBe(1);
});

test('an improvement is none, nothing is not worse than nothing, and something is', () => {
  const reference = lossReference(constant(0.5, 500).losses, told);
  expect(judgeDecay(constant(0.3, 250), reference, decay)).toMatchObject({ verdict: 'steady', pValue: 1 });
  const nothing = lossReference(constant(0, 500).losses, told);
  expect(judgeDecay(constant(0, 250), nothing, decay)).toMatchObject({ verdict: 'steady', relativeRise: null });
  expect(judgeDecay(constant(0.1, 250), nothing, decay)).toMatchObject({ verdict: 'decayed', pValue: 0 });
});

test('too few rows are not judged, and evidence can carry the reference on', () => {
  const { recent, reference } = parts(decayStream(plain, 749, 'few'), 500);
  const few = judgeDecay(recent, reference, decay);
  expect(few).toMatchObject({ verdict: 'insufficient', recentLoss: null });
  expect(few.text).toContain(
    '249 recent labelled rows and 500 rows from after promotion are in, 250 rows of each are needed',
  );
  expect(JSON.parse(JSON.stringify(few.reference))).toEqual(reference);
  expect(judgeDecay(recent, null, decay).verdict).toBe('insufficient');
});
