import type { Random } from '../../../src/statistics/numeric/random.ts';
import {
  autoregressive,
  category,
  driftWatch,
  entityRuns,
  independent,
  judgeCopy,
  judgeWindow,
  mostlyMissing,
  season,
  type DriftValue,
  type DriftWorld,
  type Walk,
} from '../../../tests/worlds/drift-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

const referenceRows = 10_000;
const windowRows = 500;
const largeRows = 5_000;
/** A reference of this size does not show enough of its own memory: said here, not promised. */
const shortLimit = 0.05;

const world = (name: string, walk: Walk, rows = referenceRows): DriftWorld => ({ name, referenceRows: rows, walk });

const stationary: readonly DriftWorld[] = [
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

const independentRows = world('independent rows', independent);
const moved =
  (deviations: number) =>
  (value: DriftValue): DriftValue =>
    typeof value === 'number' ? value + deviations : value;
const missing =
  (share: number) =>
  (value: DriftValue, random: Random): DriftValue =>
    random.next() < share ? null : value;
const oneMissing = world('1 % missing', mostlyMissing(0.01, independent));

/** How often a window of 20 features and the prediction alarms of drift: where there is none, and where there is. */
export function driftFigures(windows: number): readonly Figure[] {
  const limit = driftWatch.falseAlarmRate;
  const alarms = (seen: DriftWorld, rows: number) =>
    countOf(windows, (seed) => judgeWindow(seen, rows, seed).verdict === 'drift', seen.name);
  const found = (seen: DriftWorld, rows: number, shift: Parameters<typeof judgeWindow>[3]) =>
    countOf(windows, (seed) => judgeWindow(seen, rows, seed, shift).drifted.includes('f0'), seen.name);
  const copies = countOf(
    windows,
    (seed) => stationary.slice(-4).some((seen) => judgeCopy(seen, seed).verdict === 'drift'),
    'copy',
  );
  const short = world('AR 0.5, reference 300', autoregressive(0.5), 300);
  return [
    ...stationary.map((seen) => atMost(`drift, ${seen.name}: alarms`, alarms(seen, windowRows), windows, limit)),
    atMost(`drift, ${short.name}: alarms (no promise of 1 %)`, alarms(short, windowRows), windows, shortLimit),
    atMost('drift, independent rows, window 5,000: alarms', alarms(independentRows, largeRows), windows, limit),
    atMost('drift, a copy of the reference: alarms', copies, windows, 0),
    atLeast('drift, 0.25 sd in 500 rows: found', found(independentRows, windowRows, moved(0.25)), windows, 0.25),
    atLeast('drift, 0.5 sd in 500 rows: found', found(independentRows, windowRows, moved(0.5)), windows, 0.99),
    atLeast('drift, 0.25 sd in 5,000 rows: found', found(independentRows, largeRows, moved(0.25)), windows, 0.99),
    atMost('drift, 0.03 sd in 5,000 rows: found', found(independentRows, largeRows, moved(0.03)), windows, limit),
    atLeast('drift, missing 1 to 3 % in 5,000 rows: found', found(oneMissing, largeRows, missing(0.02)), windows, 0.9),
  ];
}

function countOf(windows: number, isSo: (seed: string) => boolean, name: string): number {
  let count = 0;
  for (let window = 0; window < windows; window++) if (isSo(`${name} ${window}`)) count++;
  return count;
}
