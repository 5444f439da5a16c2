import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';
import type { SeasonSpec } from '../../src/domain/spec/parts/watch-spec.ts';
import { phaseCount, seasonClock } from '../../src/domain/training/season/phases.ts';
import { cellCount, cellOf, type FeatureProfile, type ReferenceSeason } from '../../src/domain/training/profile.ts';
import type { DriftJudgement } from '../../src/domain/watch/judge-drift.ts';
import { judgeStream } from '../../src/domain/watch/lasting/judge-stream.ts';
import { binnedProfile } from '../../src/trainers/judge/feature-profile.ts';
import { seasonRows } from '../../src/trainers/judge/season-rows.ts';
import { driftWatch } from './drift-world.ts';

/** Traffic whose features follow the clock. */
export interface SeasonWorld {
  readonly name: string;
  readonly season: SeasonSpec;
  readonly rowsPerHour: number;
  readonly referenceRows: number;
  /** Share of the variance that follows the clock. */
  readonly share: number;
  /** Share that is the same for all rows of a day, and another one on each: no season knows it. */
  readonly dayShare: number;
  /** Hours of the day without traffic in the reference. */
  readonly silentHours?: readonly number[];
}

const features = 6;
const hourMs = 3_600_000;
/** A Monday. */
const monday = Date.parse('2026-01-05T00:00:00Z');

/** The verdicts on one window of a world, with the season and without it, as it is and with its first feature moved. */
export interface SeasonVerdicts {
  readonly heeded: (shift: number) => DriftJudgement;
  readonly ignored: (shift: number) => DriftJudgement;
}

/** A window that begins `gapHours` after the reference. */
export function seasonVerdicts(world: SeasonWorld, windowRows: number, seed: string, gapHours = 0): SeasonVerdicts {
  const random = createRandom(seed);
  const begin = monday + Math.floor(random.next() * 168) * hourMs;
  const reference = timesOf(world, begin, world.referenceRows);
  const after = (reference.at(-1) ?? begin) + gapHours * hourMs;
  const times = [...reference, ...timesOf({ ...world, silentHours: [] }, after, windowRows)];
  const counted = seasonRows(world.season, Float64Array.from(reference));
  if (counted === null) throw new Error(`${world.name} has no season`);
  const { phases, isKnown } = placesOf(counted.season, times.slice(reference.length));
  const made = Array.from({ length: features + 1 }, (_, index) => {
    const values = valuesOf(world, times, random.fork(`feature ${index}`), index);
    return {
      profile: binnedProfile(`f${index}`, values.slice(0, reference.length), 20, counted.strata),
      rows: values.subarray(reference.length),
    };
  });
  const profiles = made.map(({ profile }) => profile);
  const [prediction] = profiles.slice(-1);
  if (prediction === undefined) throw new Error('a world has no prediction');
  const profile = { formatVersion: 1, rows: reference.length, features: profiles.slice(0, -1), prediction } as const;
  const judge = (shift: number, isHeeded: boolean): DriftJudgement => {
    const cells = made.map(({ profile: own, rows }, index) => {
      const moved = rows.map((value) => (index === 0 ? value + shift : value));
      return countRows(own, isHeeded ? moved.filter((_, row) => isKnown[row]) : moved);
    });
    return judgeStream(
      {
        profile: isHeeded ? { ...profile, season: counted.season } : profile,
        window: { rows: windowRows, cells, ...(isHeeded ? { phases } : {}) },
        watch: driftWatch,
      },
      [],
    );
  };
  return { heeded: (shift) => judge(shift, true), ignored: (shift) => judge(shift, false) };
}

/** As the counters of a window say it: rows by phase, and last those that stand in no cell. */
function placesOf(season: ReferenceSeason, times: readonly number[]) {
  const clock = seasonClock(season);
  const phases = new Array<number>(phaseCount(season.phases) + 1).fill(0);
  const isKnown = times.map((time) => {
    const phase = clock(time)?.phase ?? -1;
    const known = season.isKnown[phase] === true;
    const at = known ? phase : phases.length - 1;
    phases[at] = (phases[at] ?? 0) + 1;
    return known;
  });
  return { phases, isKnown };
}

function timesOf({ rowsPerHour, silentHours = [] }: SeasonWorld, begin: number, rows: number): readonly number[] {
  const times: number[] = [];
  for (let at = begin; times.length < rows; at += hourMs / rowsPerHour)
    if (!silentHours.includes(new Date(at).getUTCHours())) times.push(at);
  return times;
}

/** Each feature has its own peak; on two days of the week it is another one. */
function valuesOf(world: SeasonWorld, times: readonly number[], random: Random, index: number): Float64Array {
  const { share, dayShare } = world;
  const days = new Map<number, number>();
  return Float64Array.from(times, (time) => {
    const hour = time / hourMs + index;
    const day = Math.floor(hour / 24);
    const mood = days.get(day) ?? random.normal();
    days.set(day, mood);
    const isWeekend = (day + 3) % 7 >= 5;
    const isWeekly = world.season.phases !== 'hour-of-day';
    const angle = (2 * Math.PI * hour) / 24 + (isWeekly && isWeekend ? Math.PI : 0);
    return (
      Math.sqrt(2 * share) * Math.sin(angle) +
      Math.sqrt(dayShare) * mood +
      Math.sqrt(1 - share - dayShare) * random.normal()
    );
  });
}

function countRows(profile: FeatureProfile, values: Float64Array): readonly number[] {
  const cells = new Array<number>(cellCount(profile)).fill(0);
  for (const value of values) {
    const cell = cellOf(profile, value);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return cells;
}
