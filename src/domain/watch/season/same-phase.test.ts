import { expect, test } from 'vitest';
import { seasonVerdicts, type SeasonWorld } from '../../../../tests/worlds/season-world.ts';
import type { FeatureProfile } from '../../training/profile.ts';
import { phaseRows } from './phase-rows.ts';
import { placeRows } from './place-rows.ts';
import { samePhase } from './same-phase.ts';

// In short what `npm run bench:judgement -- --only season` plays.
const world: SeasonWorld = {
  name: 'hours',
  season: { phases: 'hour-of-day', timeZone: 'UTC' },
  rowsPerHour: 20,
  referenceRows: 4_000,
  share: 0.5,
  dayShare: 0,
};

test('a window is held against its own hours: nothing rings, and what moves is found where it was not before', () => {
  const windows = 12;
  const seen = { alarms: 0, found: 0, without: 0 };
  for (let window = 0; window < windows; window++) {
    const { heeded, ignored } = seasonVerdicts(world, 400, `hours ${window}`);
    const still = heeded(0);
    if (still.verdict === 'drift') seen.alarms++;
    expect(still.text).toContain('Held against the same hour of day (UTC).');
    if (heeded(0.5).drifted.includes('f0')) seen.found++;
    if (ignored(0.5).drifted.includes('f0')) seen.without++;
  }
  expect(seen.alarms).toBe(0);
  expect(seen.found).toBeGreaterThanOrEqual(9);
  expect(seen.without).toBeLessThanOrEqual(3);
});

test('hours that the reference has too few rows of are not enough, and never an alarm', () => {
  const nights = { ...world, rowsPerHour: 50, silentHours: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] };
  const { heeded } = seasonVerdicts(nights, 300, 'nights', 1);
  const judged = heeded(9);
  expect(judged).toMatchObject({ verdict: 'insufficient', features: [] });
  expect(judged.text).toContain('are of phases of which the reference has too few rows');
});

test('the mixture of phases is worth as many rows as stratified sampling says', () => {
  const profile: FeatureProfile = {
    name: 'x',
    kind: 'binned',
    edges: [0],
    counts: [50, 150],
    missing: 0,
    seasonal: {
      counts: [
        [10, 90, 0],
        [40, 60, 0],
        [0, 0, 0],
      ],
      memory: [],
    },
  };
  // Half and half of 100 rows each: as good as 200 rows, with shares in between.
  expect(samePhase(profile, [5, 5, 0])?.reference).toEqual([50, 150, 0].map((count) => expect.closeTo(count, 9)));
  expect(samePhase(profile, [0, 7, 0])?.reference).toEqual([40, 60, 0].map((count) => expect.closeTo(count, 9)));
  expect(samePhase(profile, [0, 7, 1])).toBeNull();
  expect(samePhase(profile, [0, 0, 0])).toBeNull();
  const { seasonal: _, ...plain } = profile;
  expect(samePhase(plain, [5, 5, 0])).toBeNull();
});

test('the phases of a window are known only where every row was counted by phase', () => {
  const counter = { rows: 4, phases: [1, 2, 1] };
  expect(phaseRows([counter, { rows: 2, phases: [0, 2, 0] }])).toEqual([1, 4, 1]);
  expect(phaseRows([counter, { rows: 2, phases: null }])).toBeNull();
  // A process of an earlier release has added two rows to the cells, and knows no phases.
  expect(phaseRows([{ ...counter, rows: 6 }])).toBeNull();
  expect(phaseRows([])).toBeNull();
});

test('rows of a phase that the reference does not know, and rows without a time, are counted last', () => {
  const rows = Array.from({ length: 24 }, () => 30);
  const season = { phases: 'hour-of-day', timeZone: 'UTC', rows, isKnown: rows.map((_, hour) => hour !== 2) } as const;
  const at = (hour: number) => Date.UTC(2026, 0, 5, hour);
  const { phases, isPlaced } = placeRows(season, [at(1), at(2), null, at(1), 5]);
  expect(isPlaced).toEqual([true, false, false, true, false]);
  expect([phases[1], phases[2], phases[24], phases.length]).toEqual([2, 0, 3, 25]);
});
