import { defaultLabelDrift } from '../../../src/domain/spec/default-spec.ts';
import { autoregressive, entityRuns, independent, season } from '../../../tests/worlds/drift-world.ts';
import { judgeHourlyLabels, judgeLabelsIn, labelWorld, type LabelWorld } from '../../../tests/worlds/label-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';

/** Labels do not change in any of them. */
const steadyWorlds: readonly LabelWorld[] = [
  labelWorld('independent rows'),
  labelWorld('AR 0.9', autoregressive(0.9)),
  labelWorld('AR 0.9, 5,000 rows', autoregressive(0.9), { windowRows: 5_000 }),
  labelWorld('a season of 1,000 rows, not declared', season(1_000, 0.1)),
  labelWorld('entities in runs of 20', entityRuns(20)),
  labelWorld('2 % positives', independent, { positives: 0.02 }),
  labelWorld('2 % positives, AR 0.9', autoregressive(0.9), { positives: 0.02 }),
  labelWorld('2 % positives, entities in runs of 20', entityRuns(20), { positives: 0.02 }),
  labelWorld('5 % of the positives not known yet', independent, { lateShare: 0.05 }),
  labelWorld('5 % of the positives not known yet, 5,000 rows', independent, { lateShare: 0.05, windowRows: 5_000 }),
  labelWorld('values, AR 0.9', autoregressive(0.9), { positives: null }),
  labelWorld('values, entities in runs of 20', entityRuns(20), { positives: null }),
];

/** How often labels are said to have drifted: where they have not, and where they have. */
export function labelFigures(windows: number): readonly Figure[] {
  const count = (world: LabelWorld, moved: Parameters<typeof judgeLabelsIn>[2] = {}): number => {
    let found = 0;
    for (let window = 0; window < windows; window++)
      if (judgeLabelsIn(world, `${world.name} ${window}`, moved).verdict === 'drift') found++;
    return found;
  };
  /** Half of the labels are positive by night, a tenth by day; from the eighth hour on no night is in the window. */
  const countHourly = (firstHour: number, times: number): number =>
    Array.from({ length: windows }, (_, window) => judgeHourlyLabels(`hours ${window}`, firstHour, times, true)).filter(
      ({ verdict }) => verdict === 'drift',
    ).length;
  const rare = labelWorld('2 % positives', independent, { positives: 0.02, windowRows: 2_000 });
  const values = labelWorld('values', independent, { positives: null });
  const doubled = { times: 2 };
  return [
    ...steadyWorlds.map((world) =>
      atMost(`labels, ${world.name}: alarms`, count(world), windows, defaultLabelDrift.falseAlarmRate),
    ),
    ...[0, 8].map((hour) =>
      atMost(
        `labels, a declared season, 16 hours from hour ${hour}: alarms`,
        countHourly(hour, 1),
        windows,
        defaultLabelDrift.falseAlarmRate,
      ),
    ),
    atLeast('labels, a declared season, twice the positives in 16 hours: found', countHourly(8, 2), windows, 0.95),
    atLeast('labels, positives from 10 to 20 % in 500 rows: found', count(tenth, doubled), windows, 0.95),
    atLeast('labels, positives from 2 to 4 % in 2,000 rows: found', count(rare, doubled), windows, 0.9),
    atLeast('labels, positives from 10 to 20 % in 5,000 rows, AR 0.9: found', count(slow, doubled), windows, 0),
    atLeast('labels, values larger by 0.5 sd in 500 rows: found', count(values, { shift: 0.5 }), windows, 0.95),
  ];
}

const tenth = labelWorld('10 % positives', independent, { positives: 0.1 });
const slow = labelWorld('10 % positives, AR 0.9', autoregressive(0.9), { positives: 0.1, windowRows: 5_000 });
