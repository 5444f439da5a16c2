import { autoregressive, driftWatch, entityRuns, independent, season } from '../../../tests/worlds/drift-world.ts';
import { judgeTogetherAlone, judgeTogetherIn, type TogetherWorld } from '../../../tests/worlds/together-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { sayCount } from '../../../src/domain/words/say.ts';
import { count } from '../training/judged-gate.ts';

const windowRows = 500;

const world = (name: string, walk: TogetherWorld['walk'], referenceRows = 15_000): TogetherWorld => ({
  name,
  referenceRows,
  windowRows,
  walk,
});

/** Nothing changes in any of them; 100 rows of the window are looked at. */
const shortWorlds: readonly TogetherWorld[] = [
  world('independent rows', independent, 6_000),
  world('AR 0.9', autoregressive(0.9), 6_000),
  world('a season of 400 rows, 10 % of variance', season(400, 0.1), 6_000),
  world('entities in runs of 20', entityRuns(20), 6_000),
];
/** The same; 250 rows of the window are looked at. Not in the short form. */
const longWorlds: readonly TogetherWorld[] = [
  world('independent rows', independent),
  world('AR 0.9', autoregressive(0.9)),
  world('a season of 1,000 rows, 10 % of variance', season(1_000, 0.1)),
  world('entities in runs of 20', entityRuns(20)),
];
const longFormWindows = 100;
/** Of which 500 rows of the window are looked at. */
const longReference = world('independent rows, reference 30,000', independent, 30_000);

/** How often 20 features together are said to have drifted: where nothing changes, and where something does. */
export function togetherFigures(windows: number): readonly Figure[] {
  const alarms = (seen: TogetherWorld) =>
    count(windows, (window) => judgeTogetherIn(seen, `${seen.name} ${window}`).together?.verdict === 'drift');
  let [together, named, moved] = [0, 0, 0];
  for (let window = 0; window < windows; window++) {
    const changes = [{ correlation: 0.6 }, { moved: 0.5 }];
    const [pair, one] = judgeTogetherAlone(longReference, `${longReference.name} ${window}`, changes);
    if (one?.verdict === 'drift') moved++;
    if (pair?.verdict !== 'drift') continue;
    together++;
    const [used] = pair.pairs;
    if (used?.first === 'f0' && used.second === 'f1') named++;
  }
  return [
    ...(windows < longFormWindows ? shortWorlds : [...shortWorlds, ...longWorlds]).map((seen) =>
      atMost(
        `features together, ${seen.name}, reference ${sayCount(seen.referenceRows)}: alarms`,
        alarms(seen),
        windows,
        driftWatch.falseAlarmRate,
      ),
    ),
    atLeast('features together, a correlation of two from 0 to 0.6 in 500 rows: found', together, windows, 0.9),
    atLeast('the same: found, and these two are named first', named, windows, 0.9),
    atLeast('features together, one moved by 0.5 sd in 500 rows: found', moved, windows, 0.9),
  ];
}
