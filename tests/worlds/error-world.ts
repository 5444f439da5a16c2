import { expectedErrors } from '../../src/domain/training/expected-loss.ts';
import type { ReferenceProfile } from '../../src/domain/training/profile.ts';
import { columnsOf, type FeatureColumns } from '../../src/onnx/run/columns.ts';
import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';
import { absoluteErrorRows, mean, squaredErrorRows } from '../../src/statistics/samples/losses.ts';
import { binnedProfile } from '../../src/trainers/judge/feature-profile.ts';
import { profileCells } from '../../src/trainers/judge/profile-cells.ts';
import { withLosses } from '../../src/trainers/judge/with-losses.ts';
import type { EstimatedWindow } from './estimate-world.ts';

/** Values whose errors go with a feature, and whose truths come some windows later. */
export interface ErrorWorld {
  readonly name: string;
  readonly metric: 'rmse' | 'mae';
  /** Rows of a window: drawn between the two. */
  readonly rows: readonly [least: number, most: number];
  /** Mean of the feature that errors go with: their deviation is e to the half of it. */
  readonly center: number;
  /** Of the errors: normal, or those of Student's t with 5 degrees of freedom. */
  readonly tails: 'normal' | 'heavy';
  /** A mood that no feature shows: an AR(0.9) over rows, added to the truth with this deviation. */
  readonly mood: number;
  /** By how much truths have moved in a way that no feature shows. */
  readonly moved: number;
}

export const steadyErrors: ErrorWorld = {
  name: 'errors go with a feature',
  metric: 'rmse',
  rows: [500, 500],
  center: 0,
  tails: 'normal',
  mood: 0,
  moved: 0,
};

export const errorWorlds: readonly ErrorWorld[] = [
  steadyErrors,
  { ...steadyErrors, name: 'errors go with a feature', metric: 'mae' },
  { ...steadyErrors, name: 'errors with heavy tails', metric: 'mae', tails: 'heavy' },
  { ...steadyErrors, name: 'errors with moods, windows of 200 to 1,000 rows', rows: [200, 1_000], mood: 0.5 },
];

interface Answered {
  readonly columns: FeatureColumns;
  readonly values: Float64Array;
  readonly truths: Float64Array;
}

/** Rows outside of the fit that the losses are learnt from. */
const testRows = 2_000;

/** Rows of a world, with what a model that knows everything but the noise answers. */
export function errorRows(world: ErrorWorld, rows: number, random: Random): Answered {
  const [steady, telling, other] = [
    normals(rows, 0, random),
    normals(rows, world.center, random),
    normals(rows, 0, random),
  ];
  const values = steady.map((x) => 10 + 3 * x);
  let mood = 0;
  const truths = values.map((value, row) => {
    mood = 0.9 * mood + Math.sqrt(1 - 0.81) * random.normal();
    const noise = world.tails === 'normal' ? random.normal() : heavy(random);
    return value + Math.exp((telling[row] ?? 0) / 2) * noise + world.mood * mood + world.moved;
  });
  const named = { steady, telling, other };
  const columns = Object.entries(named).map(([name, numbers]) => ({ name, kind: 'number' as const, numbers }));
  return { columns: columnsOf(rows, columns), values, truths };
}

function normals(rows: number, center: number, random: Random): Float64Array {
  return Float64Array.from({ length: rows }, () => center + random.normal());
}

function heavy(random: Random): number {
  const squares = Array.from({ length: 5 }, () => random.normal() ** 2).reduce((a, b) => a + b);
  return random.normal() / Math.sqrt(squares / 5);
}

/** The profile of a version that was trained and tested in such a world. */
export function errorProfile(world: ErrorWorld, seed: string): ReferenceProfile {
  const { columns, values, truths } = errorRows(world, testRows, createRandom(seed));
  const features = [...columns.byName.values()].map((column) =>
    binnedProfile(column.name, 'numbers' in column ? column.numbers : new Float64Array(), 20),
  );
  const profile = {
    formatVersion: 1,
    rows: testRows,
    features,
    prediction: binnedProfile('prediction', values, 20),
  } as const;
  return withLosses(profile, { task: 'regression' }, columns, { scores: values, labels: truths });
}

/** So many windows of a world as a version expects them, and as they turn out. */
export function errorWindowsOf(
  world: ErrorWorld,
  profile: ReferenceProfile,
  windows: number,
  seed: string,
): readonly EstimatedWindow[] {
  const random = createRandom(seed);
  const [least, most] = world.rows;
  const { losses } = profile;
  if (losses === undefined) throw new Error('the version has learnt no losses');
  return Array.from({ length: windows }, () => {
    const rows = least + random.integer(most - least + 1);
    const { columns, values, truths } = errorRows(world, rows, random);
    const cells = profileCells(
      profile,
      columns,
      values,
      Array.from({ length: rows }, (_, row) => row),
    );
    const realised =
      world.metric === 'mae'
        ? mean(absoluteErrorRows(values, truths))
        : Math.sqrt(mean(squaredErrorRows(values, truths)));
    return { estimated: expectedErrors(losses, cells, rows)[world.metric], realised };
  });
}
