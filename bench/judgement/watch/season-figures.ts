import type { DriftJudgement } from '../../../src/domain/watch/judge-drift.ts';
import { driftWatch } from '../../../tests/worlds/drift-world.ts';
import { seasonVerdicts, type SeasonWorld } from '../../../tests/worlds/season-world.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';

const windowRows = 500;
const shift = 0.35;
const usualRows = 6_000;
const daily = { phases: 'hour-of-day', timeZone: 'UTC' } as const;

/** At 20 rows an hour a window spans 25 hours; at 50 it spans ten. */
const worlds: readonly (SeasonWorld & { readonly foundMin: number; readonly alarmsMax: number })[] = [
  {
    name: 'half of the variance by the hour, 12 days',
    season: daily,
    rowsPerHour: 20,
    referenceRows: 6_000,
    share: 0.5,
    dayShare: 0,
    foundMin: 0.7,
    alarmsMax: driftWatch.falseAlarmRate,
  },
  {
    name: 'the same in 5 days that differ (no promise of 1 %)',
    season: daily,
    rowsPerHour: 50,
    referenceRows: 6_000,
    share: 0.5,
    dayShare: 0.02,
    // Five days that differ do not show by how much days differ: said here, not promised.
    foundMin: 0,
    alarmsMax: 0.05,
  },
  {
    // A phase of the week comes anew once a week: four weeks are four turns.
    name: 'half of the variance by the hour of the week, 4 weeks',
    season: { phases: 'hour-of-week', timeZone: 'UTC' },
    rowsPerHour: 20,
    referenceRows: 4 * 168 * 20,
    share: 0.5,
    dayShare: 0,
    // Four turns show less of what they differ by than twelve.
    foundMin: 0.6,
    alarmsMax: driftWatch.falseAlarmRate,
  },
];

/** How often a window that follows the clock alarms, and finds a shift, with the season declared and without. */
export function seasonFigures(asked: number): readonly Figure[] {
  const isFound = ({ drifted }: DriftJudgement): boolean => drifted.includes('f0');
  const figures = worlds.flatMap(({ foundMin, alarmsMax, ...world }) => {
    // A longer reference takes longer to make.
    const windows = Math.ceil(asked * Math.min(1, usualRows / world.referenceRows));
    const seen = { alarms: 0, found: 0, without: 0 };
    for (let window = 0; window < windows; window++) {
      const { heeded, ignored } = seasonVerdicts(world, windowRows, `${world.name} ${window}`);
      if (heeded(0).verdict === 'drift') seen.alarms++;
      if (isFound(heeded(shift))) seen.found++;
      if (isFound(ignored(shift))) seen.without++;
    }
    const said = `season, ${world.name}`;
    return [
      atMost(`${said}: alarms`, seen.alarms, windows, alarmsMax),
      foundMin === 0
        ? beside(`${said}: ${shift} sd found`, seen.found, windows)
        : atLeast(`${said}: ${shift} sd found`, seen.found, windows, foundMin),
      beside(`${said}: ${shift} sd found where no season is declared`, seen.without, windows),
    ];
  });
  return [...figures, nights(asked)];
}

/** A reference without nights says nothing of a night, whatever it looks like. */
function nights(windows: number): Figure {
  const silentHours = [0, 1, 2, 3, 4, 5];
  const world: SeasonWorld = {
    name: 'nights',
    season: daily,
    rowsPerHour: 50,
    referenceRows: 6_000,
    share: 0.5,
    dayShare: 0,
    silentHours,
  };
  let alarms = 0;
  for (let window = 0; window < windows; window++) {
    const { heeded } = seasonVerdicts(world, windowRows, `nights ${window}`);
    if (heeded(0).verdict === 'drift') alarms++;
  }
  return atMost('season, nights that the reference has none of: alarms', alarms, windows, driftWatch.falseAlarmRate);
}
