import { defaultWatch } from '../../../src/domain/spec/default-spec.ts';
import { decayHorizonWindows } from '../../../src/domain/watch/judge-decay.ts';
import { hasSeasonAlarm, type SeasonLosses } from '../../../tests/worlds/season-losses.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';

const rise = 0.25;
const windowsToFind = 10;
/** One stream of fifty windows takes half a second of processor time. */
const streamsPerAsked = 0.25;
const daily = { phases: 'hour-of-day', timeZone: 'UTC' } as const;
const common = { season: daily, rowsPerHour: 20, referenceRows: 4_000, swing: 0.6, daySpread: 0 };

const { decay } = defaultWatch({ rows: 500 });

/** `foundMin`: what is promised of a loss that has risen by a quarter; `alarmsMax`: of one that has not. */
const worlds: readonly (SeasonLosses & { readonly foundMin: number; readonly alarmsMax?: number })[] = [
  { ...common, name: 'losses by the hour, 8 days', foundMin: 0.7 },
  { ...common, name: 'losses by the hour, 3 days', rowsPerHour: 50, foundMin: 0 },
  { ...common, name: '8 days that differ', daySpread: 0.1, foundMin: 0 },
  {
    ...common,
    name: '3 days that differ (no promise of 1 %)',
    rowsPerHour: 50,
    daySpread: 0.1,
    foundMin: 0,
    // Three days do not show by how much days differ: said here, not promised.
    alarmsMax: 0.05,
  },
  {
    ...common,
    name: 'losses by the hour of the week, 5 weeks',
    season: { phases: 'hour-of-week', timeZone: 'UTC' },
    rowsPerHour: 5,
    foundMin: 0.3,
  },
];

/**
 * Decay in a stream that is harder at some hours: alarms in 50 healthy windows, and whether a rise by a quarter is
 * found within 10, with the season declared and without.
 */
export function decaySeasonFigures(asked: number): readonly Figure[] {
  const streams = Math.ceil(asked * streamsPerAsked);
  const risen = { first: 21, last: 20 + windowsToFind, rise };
  return worlds.flatMap(({ foundMin, alarmsMax = decay.alpha, ...world }) => {
    const seen = { alarms: 0, found: 0, without: 0 };
    for (let run = 0; run < streams; run++) {
      const seed = `${world.name} ${run}`;
      if (hasSeasonAlarm(world, { seed, first: 1, last: decayHorizonWindows, rise: 0 }, true)) seen.alarms++;
      if (hasSeasonAlarm(world, { seed, ...risen }, true)) seen.found++;
      if (hasSeasonAlarm(world, { seed, ...risen }, false)) seen.without++;
    }
    const found = `${rise * 100} % higher loss found within ${windowsToFind} windows`;
    return [
      atMost(`${world.name}: healthy, any alarm in ${decayHorizonWindows} windows`, seen.alarms, streams, alarmsMax),
      foundMin === 0
        ? beside(`${world.name}: ${found}`, seen.found, streams)
        : atLeast(`${world.name}: ${found}`, seen.found, streams, foundMin),
      beside(`${world.name}: ${found}, where no season is declared`, seen.without, streams),
    ];
  });
}
