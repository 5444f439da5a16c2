import { createRandom } from '../../src/statistics/numeric/random.ts';
import { judgeDrift, type DriftInput, type WindowCells } from '../../src/domain/watch/judge-drift.ts';
import { earlierWindowsMax, judgeStream } from '../../src/domain/watch/lasting/judge-stream.ts';
import { countRows, driftWatch, movedBy, profileOf, referenceOf, take, type DriftWorld } from './drift-world.ts';

export interface StreamOptions {
  readonly windows: number;
  readonly windowRows: number;
  /** Distributions, the prediction among them. */
  readonly distributions: number;
  /** By so many standard deviations the first one is off, in every window. */
  readonly shift?: number;
  readonly seed: string;
}

/** Windows that alarm, counted from 1: by the rule of the platform, and by single windows with all of the error. */
export interface StreamAlarms {
  readonly stream: readonly number[];
  readonly alone: readonly number[];
}

/** Consecutive windows of one stream, all against one reference, which is drawn once and may be an unlucky one. */
export function playStream(world: DriftWorld, options: StreamOptions): StreamAlarms {
  const { windows, windowRows, distributions, shift = 0, seed } = options;
  const random = createRandom(seed);
  const columns = Array.from({ length: distributions }, (_, index) => {
    const next = world.walk(random.fork(`feature ${index}`));
    const profile = profileOf(`f${index}`, take(next, world.referenceRows));
    return { next, profile };
  });
  const profile = referenceOf(
    world.referenceRows,
    columns.map((column) => column.profile),
  );
  const alarms = { stream: new Array<number>(), alone: new Array<number>() };
  let earlier: readonly WindowCells[] = [];
  for (let window = 1; window <= windows; window++) {
    const cells = columns.map((column, index) => {
      const values = take(column.next, windowRows);
      const isMoved = index === 0 && shift !== 0;
      return countRows(column.profile, isMoved ? values.map((value) => movedBy(value, shift)) : values);
    });
    const input: DriftInput = { profile, window: { rows: windowRows, cells }, watch: driftWatch };
    if (judgeStream(input, earlier).verdict === 'drift') alarms.stream.push(window);
    if (judgeDrift(input).verdict === 'drift') alarms.alone.push(window);
    earlier = [input.window, ...earlier].slice(0, earlierWindowsMax);
  }
  return alarms;
}
