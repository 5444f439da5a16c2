import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';
import { cellCount, cellOf, type FeatureProfile, type ReferenceProfile } from '../../src/domain/training/profile.ts';
import { judgeStream, type StreamJudgement } from '../../src/domain/watch/lasting/judge-stream.ts';
import { binnedProfile, categoryProfile } from '../../src/trainers/judge/feature-profile.ts';

export type DriftValue = number | string | null;
/** One feature of a stream, row by row. */
export type Walk = (random: Random) => () => DriftValue;

export interface DriftWorld {
  readonly name: string;
  readonly referenceRows: number;
  readonly walk: Walk;
}

const features = 20;
/** Rows between the reference and the window: whatever the stream remembers, it has gone on. */
const gapRowsMax = 3_000;
export const driftWatch = { falseAlarmRate: 0.01, effectMin: 0.1, missingShareRiseMax: 0.1 };

export const independent: Walk = (random) => () => random.normal();

/** Each row remembers the one before. */
export function autoregressive(phi: number): Walk {
  const fresh = Math.sqrt(1 - phi * phi);
  return (random) => {
    let value = random.normal();
    return () => (value = phi * value + fresh * random.normal());
  };
}

/** A season of so many rows that makes up a share of the variance. */
export function season(periodRows: number, share: number): Walk {
  return (random) => {
    let row = Math.floor(random.next() * periodRows);
    return () =>
      Math.sqrt(2 * share) * Math.sin((2 * Math.PI * row++) / periodRows) + Math.sqrt(1 - share) * random.normal();
  };
}

/** Rows of one entity follow each other and are the same. */
export function entityRuns(runRows: number): Walk {
  return (random) => {
    let value = 0;
    let left = 0;
    return () => {
      if (left === 0) [value, left] = [random.normal(), runRows];
      left--;
      return value;
    };
  };
}

/** Values of which most are rare: Zipf's law, or all the same. */
export function category(values: number, isZipf: boolean): Walk {
  return (random) => () => `v${Math.floor(isZipf ? (values + 1) ** random.next() - 1 : values * random.next())}`;
}

export function mostlyMissing(share: number, walk: Walk): Walk {
  return (random) => {
    const next = walk(random);
    return () => {
      const value = next();
      return random.next() < share ? null : value;
    };
  };
}

/** A change of one value, as it happens to the first feature of a window. */
export type Shift = (value: DriftValue, random: Random) => DriftValue;

/** One column: its reference, and the window that follows. */
export interface DriftColumn {
  readonly reference: readonly DriftValue[];
  readonly window: readonly DriftValue[];
}

/** 20 features and the prediction, as they came; `shift` moves the window of the first feature. */
export function drawWindow(
  world: DriftWorld,
  windowRows: number,
  seed: string,
  shift: Shift = (value) => value,
): readonly DriftColumn[] {
  const random = createRandom(seed);
  const gap = Math.floor(random.next() * gapRowsMax);
  return Array.from({ length: features + 1 }, (_, index) => {
    const own = random.fork(`feature ${index}`);
    const next = world.walk(own);
    const reference = take(next, world.referenceRows);
    for (let row = 0; row < gap; row++) next();
    const window = take(next, windowRows);
    return { reference, window: index === 0 ? window.map((value) => shift(value, own)) : window };
  });
}

/** What the watch says of such a window. */
export function judgeWindow(world: DriftWorld, windowRows: number, seed: string, shift?: Shift): StreamJudgement {
  return judgeColumns(drawWindow(world, windowRows, seed, shift));
}

/** A window that begins where others do, of so many rows, and whose first feature is off by so much. */
export interface MovedWindow {
  readonly rows: number;
  readonly by: number;
}

/** What the watch says of several windows after one reference: the same as of each by itself, drawn once. */
export function judgeMoved(
  world: DriftWorld,
  windows: readonly MovedWindow[],
  seed: string,
): readonly StreamJudgement[] {
  const columns = drawWindow(world, Math.max(...windows.map(({ rows }) => rows)), seed);
  const profiles = profilesOf(columns);
  return windows.map(({ rows, by }) =>
    judgeProfiles(
      profiles,
      columns.map(({ reference, window }, index) => {
        const taken = window.slice(0, rows);
        const isMoved = index === 0 && by !== 0;
        return { reference, window: isMoved ? taken.map((value) => movedBy(value, by)) : taken };
      }),
    ),
  );
}

/** Only numbers move. */
export function movedBy(value: DriftValue, by: number): DriftValue {
  return typeof value === 'number' ? value + by : value;
}

/** The last column is the prediction. */
export function judgeColumns(columns: readonly DriftColumn[]): StreamJudgement {
  return judgeProfiles(profilesOf(columns), columns);
}

function profilesOf(columns: readonly DriftColumn[]): readonly FeatureProfile[] {
  return columns.map(({ reference }, index) => profileOf(`f${index}`, reference));
}

function judgeProfiles(profiles: readonly FeatureProfile[], columns: readonly DriftColumn[]): StreamJudgement {
  const cells = columns.map(({ window }, index) => countRows(profileAt(profiles, index), window));
  const profile = referenceOf(columns[0]?.reference.length ?? 0, profiles);
  return judgeStream({ profile, window: { rows: columns[0]?.window.length ?? 0, cells }, watch: driftWatch }, []);
}

/** The reference's own rows as the window. */
export function judgeCopy(world: DriftWorld, seed: string): StreamJudgement {
  const random = createRandom(seed);
  const columns = Array.from({ length: features + 1 }, (_, index) => {
    const rows = take(world.walk(random.fork(`feature ${index}`)), world.referenceRows);
    return { reference: rows, window: rows };
  });
  return judgeColumns(columns);
}

function profileAt(profiles: readonly FeatureProfile[], index: number): FeatureProfile {
  const profile = profiles[index];
  if (profile === undefined) throw new Error(`a world has no column ${index}`);
  return profile;
}

export function take(next: () => DriftValue, rows: number): readonly DriftValue[] {
  const values: DriftValue[] = [];
  for (let row = 0; row < rows; row++) values.push(next());
  return values;
}

export function profileOf(name: string, values: readonly DriftValue[]): FeatureProfile {
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value === 'string')
      return categoryProfile(
        name,
        values.map((one) => (one === null ? null : String(one))),
      );
    numbers[row] = value ?? Number.NaN;
  }
  return binnedProfile(name, numbers, 20);
}

export function referenceOf(rows: number, profiles: readonly FeatureProfile[]): ReferenceProfile {
  const [prediction] = profiles.slice(-1);
  if (prediction === undefined) throw new Error('a world has no prediction');
  return { formatVersion: 1, rows, features: profiles.slice(0, -1), prediction };
}

export function countRows(profile: FeatureProfile, values: readonly DriftValue[]): readonly number[] {
  const cells = new Array<number>(cellCount(profile)).fill(0);
  for (const value of values) {
    const cell = cellOf(profile, value);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return cells;
}
