import type { SeasonSpec } from '../../src/domain/spec/parts/watch-spec.ts';
import { defaultWatch } from '../../src/domain/spec/default-spec.ts';
import { decayRowsMax, judgeDecay } from '../../src/domain/watch/judge-decay.ts';
import { lossReference, seasonalReference } from '../../src/domain/watch/loss-reference.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

/** Losses of a model that is surer at some hours than at others. */
export interface SeasonLosses {
  readonly name: string;
  readonly season: SeasonSpec;
  readonly rowsPerHour: number;
  readonly referenceRows: number;
  /** The mean loss by hour of the day goes up and down by this share of it. */
  readonly swing: number;
  /** Days differ by this share of the mean loss (a standard deviation): no season knows it. */
  readonly daySpread: number;
}

const hourMs = 3_600_000;
/** A Monday. */
const monday = Date.parse('2026-01-05T00:00:00Z');
const meanLoss = 0.4;
const windowRows = 500;
const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };

interface TimedStream {
  readonly losses: Float64Array;
  readonly timesMs: readonly number[];
}

/** Losses in time order, from a row on larger by `rise`. */
export function seasonLosses(
  world: SeasonLosses,
  rows: number,
  seed: string,
  riseAt: (row: number) => number,
): TimedStream {
  const random = createRandom(seed);
  const begin = monday + Math.floor(random.next() * 168) * hourMs;
  const days = new Map<number, number>();
  const ofDay = (day: number): number => {
    const known = days.get(day) ?? Math.exp(world.daySpread * createRandom(`${seed} day ${day}`).normal());
    days.set(day, known);
    return known;
  };
  const timesMs = Array.from({ length: rows }, (_, row) => begin + (row / world.rowsPerHour) * hourMs);
  const losses = Float64Array.from(timesMs, (timeMs, row) => {
    const hour = (timeMs / hourMs) % 24;
    const mean =
      meanLoss * (1 + world.swing * Math.sin((2 * Math.PI * hour) / 24)) * ofDay(Math.floor(timeMs / (24 * hourMs)));
    return Math.min(-Math.log(0.001), -mean * (1 + riseAt(row)) * Math.log(1 - random.next()));
  });
  return { losses, timesMs };
}

/** In which of the windows from the first through the last the watch says that quality has decayed. */
export function hasSeasonAlarm(
  world: SeasonLosses,
  of: { readonly seed: string; readonly first: number; readonly last: number; readonly rise: number },
  isHeeded: boolean,
): boolean {
  const { decay } = defaultWatch({ rows: windowRows });
  const { referenceRows, season } = world;
  const begin = referenceRows + (of.first - 1) * windowRows;
  const { losses, timesMs } = seasonLosses(world, referenceRows + of.last * windowRows, of.seed, (row) =>
    row >= begin ? of.rise : 0,
  );
  const before = losses.subarray(0, referenceRows);
  const reference = isHeeded ? seasonalReference(season, before, timesMs, told) : lossReference(before, told);
  for (let window = of.first; window <= of.last; window++) {
    const to = referenceRows + window * windowRows;
    const from = Math.max(referenceRows, to - decayRowsMax);
    const recent = { losses: losses.subarray(from, to), entities: null, timesMs: timesMs.slice(from, to) };
    if (judgeDecay(recent, reference, decay).verdict === 'decayed') return true;
  }
  return false;
}
