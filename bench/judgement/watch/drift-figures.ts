import {
  driftWatch,
  judgeCopy,
  judgeMoved,
  judgeWindow,
  type DriftWorld,
  type MovedWindow,
} from '../../../tests/worlds/drift-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { independentRows, missing, oneMissing, shortReference, stationaryWorlds } from './drift-cases.ts';

const windowRows = 500;
const largeRows = 5_000;
/** A reference of this size does not show enough of its own memory: said here, not promised. */
const shortLimit = 0.05;

const still: MovedWindow = { rows: windowRows, by: 0 };
const stillLarge: MovedWindow = { rows: largeRows, by: 0 };
const quarter: MovedWindow = { rows: windowRows, by: 0.25 };
const half: MovedWindow = { rows: windowRows, by: 0.5 };
const quarterLarge: MovedWindow = { rows: largeRows, by: 0.25 };
const littleLarge: MovedWindow = { rows: largeRows, by: 0.03 };
const ofIndependent = [still, stillLarge, quarter, half, quarterLarge, littleLarge];

/** How often a window of 20 features and the prediction alarms of drift: where there is none, and where there is. */
export function driftFigures(windows: number): readonly Figure[] {
  const limit = driftWatch.falseAlarmRate;
  const alarms = (seen: DriftWorld, rows: number) =>
    countOf(windows, (seed) => judgeWindow(seen, rows, seed).verdict === 'drift', seen.name);
  const missed = countOf(
    windows,
    (seed) => judgeWindow(oneMissing, largeRows, seed, missing(0.02)).drifted.includes('f0'),
    oneMissing.name,
  );
  const independent = independentTallies(windows);
  const found = (window: MovedWindow) => independent.get(window)?.found ?? 0;
  const copies = countOf(
    windows,
    (seed) => stationaryWorlds.slice(-4).some((seen) => judgeCopy(seen, seed).verdict === 'drift'),
    'copy',
  );
  return [
    ...stationaryWorlds.map((seen) =>
      atMost(
        `drift, ${seen.name}: alarms`,
        seen.name === independentRows.name ? (independent.get(still)?.alarms ?? 0) : alarms(seen, windowRows),
        windows,
        limit,
      ),
    ),
    atMost(
      `drift, ${shortReference.name}: alarms (no promise of 1 %)`,
      alarms(shortReference, windowRows),
      windows,
      shortLimit,
    ),
    atMost('drift, independent rows, window 5,000: alarms', independent.get(stillLarge)?.alarms ?? 0, windows, limit),
    atMost('drift, a copy of the reference: alarms', copies, windows, 0),
    atLeast('drift, 0.25 sd in 500 rows: found', found(quarter), windows, 0.25),
    atLeast('drift, 0.5 sd in 500 rows: found', found(half), windows, 0.99),
    atLeast('drift, 0.25 sd in 5,000 rows: found', found(quarterLarge), windows, 0.99),
    atMost('drift, 0.03 sd in 5,000 rows: found', found(littleLarge), windows, limit),
    atLeast('drift, missing 1 to 3 % in 5,000 rows: found', missed, windows, 0.9),
  ];
}

/** Windows of independent rows that alarm, and whose first feature is found: a reference serves all of them. */
function independentTallies(windows: number) {
  const tallies = new Map(ofIndependent.map((window) => [window, { alarms: 0, found: 0 }]));
  for (let run = 0; run < windows; run++) {
    const judged = judgeMoved(independentRows, ofIndependent, `${independentRows.name} ${run}`);
    judged.forEach(({ verdict, drifted }, at) => {
      const tally = tallies.get(ofIndependent[at] ?? still);
      if (tally === undefined) return;
      if (verdict === 'drift') tally.alarms++;
      if (drifted.includes('f0')) tally.found++;
    });
  }
  return tallies;
}

function countOf(windows: number, isSo: (seed: string) => boolean, name: string): number {
  let count = 0;
  for (let window = 0; window < windows; window++) if (isSo(`${name} ${window}`)) count++;
  return count;
}
