import { expect, test } from 'vitest';
import { decayWorlds, noiseOf } from '../../../../tests/worlds/decay-world.ts';
import { slicedAlarms } from '../../../../tests/worlds/slice-world.ts';
import { lossReference } from '../loss-reference.ts';
import { countedSlice, qualityOf } from './counted-slice.ts';
import { decayInSlices, judgeSlices } from './judge-slices.ts';
import { emptySlice } from './slice-counts.ts';

// In short what `npm run bench:judgement -- --only decay-slices` plays.
const [world] = decayWorlds;
const of = { slices: 10, firstShare: 0.1, referenceRows: 4_000, windowRows: 500 };
const decay = { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 250, slices: true };

test('a slice that gets worse is found where the whole hides it, and no other slice is blamed', () => {
  if (world === undefined) throw new Error('there are worlds');
  const noise = noiseOf(world, 1.5);
  const streams = [1, 2, 3].map((run) =>
    slicedAlarms(world, { ...of, first: 21, last: 30, noise, seed: `worse ${run}` }),
  );
  expect(streams.filter(({ first, whole }) => first || whole)).toHaveLength(3);
  expect(streams.some(({ first }) => first)).toBe(true);
  expect(streams.every(({ other }) => !other)).toBe(true);
  const healthy = slicedAlarms(world, { ...of, first: 1, last: 20, noise: 0, seed: 'healthy' });
  expect(healthy.any).toBe(false);
});

const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
const losses = (rows: number, mean: number) => Float64Array.from({ length: rows }, (_, row) => mean + (row % 3) * 0.05);
const recent = (rows: number, mean: number) => ({ losses: losses(rows, mean), entities: null });
const counted = (name: string) =>
  countedSlice({ key: name, name }, { ...emptySlice(), rows: 50, answered: 50, scoreSum: 20 }, 200, {
    task: 'binary',
    quality: { metric: 'logLoss', labelledRows: 12, value: null, interval: null },
  });

test('the error is shared by all slices: what one alone proves, one of twenty does not', () => {
  const worse = { recent: recent(150, 0.329), reference: lossReference(losses(2_000, 0.3), told) };
  const same = { recent: recent(150, 0.3), reference: lossReference(losses(2_000, 0.3), told) };
  const [alone] = decayInSlices([worse], { ...decay, relativeRiseMin: 0.01 }, 0.01);
  const p = alone?.pValue ?? 1;
  expect(p).toBeGreaterThan(0);
  const verdictsAt = (alpha: number, others: number) =>
    decayInSlices([worse, ...Array.from({ length: others }, () => same)], { ...decay, relativeRiseMin: 0.01 }, alpha);
  expect(verdictsAt(p * 1.01, 0)[0]?.verdict).toBe('decayed');
  expect(verdictsAt(p * 1.01, 19)[0]?.verdict).toBe('steady');
  expect(verdictsAt(p * 20.1, 19).map(({ verdict }) => verdict)).toEqual(['decayed', ...new Array(19).fill('steady')]);
});

test('too few rows, recent or when promoted, are not judged, and the text says what holds', () => {
  const reference = lossReference(losses(2_000, 0.3), told);
  const decays = decayInSlices(
    [
      { recent: recent(149, 3), reference },
      { recent: recent(300, 3), reference: null },
    ],
    decay,
    0.005,
  );
  expect(decays.map(({ verdict }) => verdict)).toEqual(['insufficient', 'insufficient']);
  const few = judgeSlices([counted('night'), counted('day')], decays, { unwatched: 0, alpha: 0.005 });
  expect(few).toMatchObject({ verdict: 'insufficient', text: expect.stringMatching(/not judged: 150 labelled rows/) });
  const found = decayInSlices([{ recent: recent(300, 0.6), reference }], decay, 0.005);
  expect(judgeSlices([counted('night')], found, { unwatched: 2, alpha: 0.005 })).toMatchObject({
    verdict: 'decayed',
    text: expect.stringMatching(
      /decayed in 1 of 1 slice: night, loss 0\.65 on its last \d+ labelled rows, 0\.35 when promoted, 85\.7 % higher/,
    ),
  });
  expect(judgeSlices([counted('night')], found, { unwatched: 2, alpha: 0.005 }).text).toMatch(
    /\(error 0\.005 over all slices and 50 windows\)\. 2 further slices are declared and not counted\.$/,
  );
  expect(judgeSlices([counted('night')], null, { unwatched: 0, alpha: null }).text).toMatch(/none is judged/);
});

test('quality is not enough below 30 labelled rows, and has an interval from 200 on', () => {
  const rows = (count: number) => ({
    task: 'binary' as const,
    classes: ['no', 'yes'],
    labels: Array.from({ length: count }, (_, row) => ((row * row) % 11 < 3 ? 1 : 0)),
    scores: Array.from({ length: 2 * count }, (_, cell) => (cell % 2 === 0 ? 0.7 : 0.3) + 0.01 * ((cell >> 1) % 5)),
    threshold: null,
  });
  expect(qualityOf(rows(29))).toEqual({ metric: 'logLoss', labelledRows: 29, value: null, interval: null });
  expect(qualityOf(rows(199))).toMatchObject({ value: expect.any(Number), interval: null });
  const { value, interval } = qualityOf(rows(400));
  expect(interval?.lower).toBeLessThan(value ?? 0);
  expect(interval?.upper).toBeGreaterThan(value ?? 0);
  expect(counted('night')).toMatchObject({ rowShare: 0.25, scoreMean: 0.4, latencyMeanMs: 0, missingShare: null });
});
