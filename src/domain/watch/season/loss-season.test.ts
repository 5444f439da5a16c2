import { expect, test } from 'vitest';
import { hasSeasonAlarm, seasonLosses, type SeasonLosses } from '../../../../tests/worlds/season-losses.ts';
import { judgeDecay } from '../judge-decay.ts';
import { lossReference, referenceFrom, seasonalReference } from '../loss-reference.ts';
import { inPhasesOf, phaseLosses, placeLosses } from './loss-season.ts';

// In short what `npm run bench:judgement -- --only decay-season` plays.
const daily = { phases: 'hour-of-day', timeZone: 'UTC' } as const;
const world: SeasonLosses = {
  name: 'by the hour',
  season: daily,
  rowsPerHour: 20,
  referenceRows: 4_000,
  swing: 0.6,
  daySpread: 0,
};
const decay = { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 250 };
const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };
const never = () => 0;
const hourMs = 3_600_000;
const monday = Date.parse('2026-01-05T00:00:00Z');

test('a rise by a quarter is found under a season that hides it, and a healthy stream does not alarm', () => {
  const runs = Array.from({ length: 6 }, (_, run) => `run ${run}`);
  const risen = { first: 21, last: 30, rise: 0.25 };
  expect(runs.filter((seed) => hasSeasonAlarm(world, { seed, ...risen }, true)).length).toBeGreaterThanOrEqual(4);
  expect(runs.filter((seed) => hasSeasonAlarm(world, { seed, ...risen }, false)).length).toBeLessThanOrEqual(1);
  for (const one of [world, { ...world, rowsPerHour: 50, daySpread: 0.1 }])
    for (const seed of runs.slice(0, 2))
      expect(hasSeasonAlarm(one, { seed, first: 1, last: 50, rise: 0 }, true)).toBe(false);
});

test('hours are held against the same hours: the hard ones alone are no rise, and an hour that has risen is', () => {
  const { losses, timesMs } = seasonLosses(world, 9_000, 'hours', never);
  const reference = seasonalReference(daily, losses.subarray(0, 4_000), timesMs, told);
  const hardHours = Array.from({ length: 5_000 }, (_, at) => 4_000 + at).filter((row) => {
    const hour = ((timesMs[row] ?? 0) / hourMs) % 24;
    return hour >= 3 && hour < 9;
  });
  const of = (rise: number) => ({
    losses: Float64Array.from(hardHours, (row) => (losses[row] ?? 0) * (1 + rise)),
    entities: null,
    timesMs: hardHours.map((row) => timesMs[row] ?? null),
  });
  const judged = judgeDecay(of(0), reference, decay, { isSeasonal: true });
  expect(judged.verdict).toBe('steady');
  expect(judged.text).toMatch(/steady\. Held against the same hour of day \(UTC\)\.$/);
  expect(Math.abs(judged.relativeRise ?? 1)).toBeLessThan(0.15);
  expect(judgeDecay(of(0.8), reference, decay).verdict).toBe('decayed');
  // As if there were no clock, the hard hours alone look like a rise of more than a third.
  const blind = lossReference(losses.subarray(0, 4_000), told);
  expect(judgeDecay({ ...of(0), timesMs: null }, blind, decay).relativeRise).toBeGreaterThan(0.3);
});

test('rows of phases that the reference does not know are left out, and those without a time', () => {
  // Nine to five alone: ten rows an hour over five days.
  const times = Array.from({ length: 400 }, (_, row) => {
    const [day, within] = [Math.floor(row / 80), row % 80];
    return monday + (24 * day + 9 + within / 10) * hourMs;
  });
  const losses = Float64Array.from(times, (_, row) => 0.4 + (row % 7) / 100);
  const reference = seasonalReference(daily, losses, times, told);
  expect(reference.season?.rows.map((rows, hour) => (rows > 0 ? hour : -1)).filter((hour) => hour >= 0)).toEqual([
    9, 10, 11, 12, 13, 14, 15, 16,
  ]);
  const night = Array.from({ length: 300 }, (_, row) => (row < 20 ? null : monday + (row % 8) * hourMs));
  const few = { losses: new Float64Array(300).fill(9), entities: null, timesMs: night };
  const judged = judgeDecay(few, reference, decay);
  expect(judged).toMatchObject({ verdict: 'insufficient', rows: { recent: 0, reference: 400 } });
  const both = {
    losses: Float64Array.of(...few.losses, ...losses),
    entities: null,
    timesMs: [...night, ...times.map((timeMs) => timeMs + 240 * hourMs)],
  };
  expect(judgeDecay(both, reference, decay).text).toContain(
    '300 rows of phases with too few reference rows are left out.',
  );
  expect(judgeDecay(both, reference, decay).verdict).toBe('steady');
  if (reference.season === undefined) throw new RangeError('it knows the hours of work');
  expect(placeLosses(reference.season, [null, monday + 10 * hourMs, monday], 3)).toMatchObject({ at: [1] });
});

test('less than three turns, or half of the rows without a time, are no season, and the verdict says so', () => {
  const twoDays = Array.from({ length: 480 }, (_, row) => monday + row * (hourMs / 10));
  expect(phaseLosses(daily, new Float64Array(480), twoDays)).toBeNull();
  const { losses, timesMs } = seasonLosses(world, 4_000, 'half', never);
  const half = timesMs.map((timeMs, row) => (row % 5 < 3 ? null : timeMs));
  const reference = seasonalReference(daily, losses, half, told);
  expect(reference).toEqual(lossReference(losses, told));
  const recent = { losses: losses.subarray(0, 500), entities: null, timesMs };
  expect(judgeDecay(recent, reference, decay, { isSeasonal: true }).text).toContain(
    'The declared season is not heeded',
  );
  expect(judgeDecay(recent, reference, decay).text).not.toContain('season');
});

test('a hold-out whose times were not kept knows no season; first rows after a promotion know theirs', () => {
  const { losses, timesMs } = seasonLosses(world, 4_000, 'kept', never);
  const holdOut = { losses: [...losses.subarray(0, 1_000)], probabilityMin: 0.001, timesMs: null };
  const live = { losses: losses.subarray(1_000), timesMs: timesMs.slice(1_000) };
  expect(referenceFrom(holdOut, live, 250, { season: daily })).not.toHaveProperty('season');
  const kept = { ...holdOut, timesMs: timesMs.slice(0, 1_000) };
  const both = referenceFrom(kept, live, 250, { season: daily });
  expect(both).toMatchObject({ rows: 2_000, liveRows: 1_000, season: { of: daily } });
  expect(both).toEqual(
    seasonalReference(daily, losses.subarray(0, 2_000), timesMs, { ...told, liveRows: 1_000, isFixed: true }),
  );
  const alone = { losses: [], probabilityMin: 0.001, timesMs: null };
  expect(referenceFrom(alone, live, 250, { season: daily })).toMatchObject({ season: { of: daily } });
  // Evidence carries it on, to the last digit.
  expect(JSON.parse(JSON.stringify(both))).toEqual(both);
});

test('a reference in the phases of its own rows is what it is, as is known of stratified samples', () => {
  const { losses, timesMs } = seasonLosses(world, 2_400, 'own', never);
  const phased = phaseLosses(daily, losses, timesMs);
  if (phased === null) throw new RangeError('five days are a season');
  const own = inPhasesOf(phased.season, phased.phases);
  expect(own.mean).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 2_400, 12);
  // The sum of w^2 / n with w = n / N is 1 / N.
  expect(own.perRow).toBeCloseTo(1 / 2_400, 12);
  expect(phased.season.turns.count).toBeGreaterThanOrEqual(5);
  expect(phased.season.turns.count).toBeLessThanOrEqual(6);
});
