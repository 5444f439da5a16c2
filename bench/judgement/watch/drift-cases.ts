import type { Random } from '../../../src/statistics/numeric/random.ts';
import {
  autoregressive,
  category,
  entityRuns,
  independent,
  mostlyMissing,
  movedBy,
  season,
  type DriftValue,
  type DriftWorld,
  type Shift,
  type Walk,
} from '../../../tests/worlds/drift-world.ts';

const referenceRows = 10_000;

const world = (name: string, walk: Walk, rows = referenceRows): DriftWorld => ({ name, referenceRows: rows, walk });

/** Nothing changes in any of them. */
export const stationaryWorlds: readonly DriftWorld[] = [
  world('independent rows', independent),
  world('AR 0.5', autoregressive(0.5)),
  world('AR 0.9', autoregressive(0.9)),
  world('AR 0.98', autoregressive(0.98)),
  world('a season of 1,000 rows, 10 % of variance', season(1_000, 0.1)),
  world('a season of 2,000 rows, 10 % of variance', season(2_000, 0.1)),
  world('entities in runs of 5', entityRuns(5)),
  world('entities in runs of 20', entityRuns(20)),
  world('2,000 equal values, reference 300', category(2_000, false), 300),
  world('2,000 values by Zipf, reference 300', category(2_000, true), 300),
  world('2,000 values by Zipf, reference 1,000', category(2_000, true), 1_000),
  world('70 % missing, reference 300', mostlyMissing(0.7, independent), 300),
];

/** Too short to show its own memory. */
export const shortReference = world('AR 0.5, reference 300', autoregressive(0.5), 300);
export const independentRows = world('independent rows', independent);
export const oneMissing = world('1 % missing', mostlyMissing(0.01, independent));

/** By so many standard deviations. */
export const moved =
  (deviations: number): Shift =>
  (value: DriftValue) =>
    movedBy(value, deviations);

export const missing =
  (share: number): Shift =>
  (value: DriftValue, random: Random) =>
    random.next() < share ? null : value;
