import { driftWatch, judgeCopy, judgeWindow, type DriftWorld, type Shift } from '../../../tests/worlds/drift-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { independentRows, missing, moved, oneMissing, shortReference, stationaryWorlds } from './drift-cases.ts';

const windowRows = 500;
const largeRows = 5_000;
/** A reference of this size does not show enough of its own memory: said here, not promised. */
const shortLimit = 0.05;

/** How often a window of 20 features and the prediction alarms of drift: where there is none, and where there is. */
export function driftFigures(windows: number): readonly Figure[] {
  const limit = driftWatch.falseAlarmRate;
  const alarms = (seen: DriftWorld, rows: number) =>
    countOf(windows, (seed) => judgeWindow(seen, rows, seed).verdict === 'drift', seen.name);
  const found = (seen: DriftWorld, rows: number, shift: Shift) =>
    countOf(windows, (seed) => judgeWindow(seen, rows, seed, shift).drifted.includes('f0'), seen.name);
  const copies = countOf(
    windows,
    (seed) => stationaryWorlds.slice(-4).some((seen) => judgeCopy(seen, seed).verdict === 'drift'),
    'copy',
  );
  return [
    ...stationaryWorlds.map((seen) => atMost(`drift, ${seen.name}: alarms`, alarms(seen, windowRows), windows, limit)),
    atMost(
      `drift, ${shortReference.name}: alarms (no promise of 1 %)`,
      alarms(shortReference, windowRows),
      windows,
      shortLimit,
    ),
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
