import { describe, expect, test } from 'vitest';
import {
  autoregressive,
  category,
  entityRuns,
  independent,
  judgeCopy,
  judgeMoved,
  judgeWindow,
  mostlyMissing,
  season,
} from '../../../tests/worlds/drift-world.ts';

/**
 * The short form of bench:judgement. Of twelve windows of which one in a hundred may alarm, three alarm by chance for
 * one of four thousand seeds. Without the measure of memory, and with values counted where they were chosen, nearly all
 * of them do.
 */
const windows = 12;
const alarmsMax = 2;

describe('streams that do not change and are not independent', () => {
  test.each([
    ['each row remembers the one before', 2_000, autoregressive(0.9)],
    ['a season of 400 rows', 2_000, season(400, 0.1)],
    ['entities in runs of 20', 2_000, entityRuns(20)],
    ['2,000 values, of which most are rare', 300, category(2_000, true)],
    ['2,000 values that are all rare', 300, category(2_000, false)],
    ['70 % missing in a short reference', 300, mostlyMissing(0.7, independent)],
  ])('%s', (name, referenceRows, walk) => {
    const world = { name, referenceRows, walk };
    let alarms = 0;
    for (let window = 0; window < windows; window++)
      if (judgeWindow(world, 250, `${name} ${window}`).verdict === 'drift') alarms++;
    expect(alarms).toBeLessThanOrEqual(alarmsMax);
    expect(judgeCopy(world, name).verdict).toBe('stable');
  });
});

test('a small shift that is certain is found, and said in standard deviations', () => {
  const world = { name: 'independent', referenceRows: 10_000, walk: independent };
  const found = judgeWindow(world, 5_000, 'shift', (value) => Number(value) + 0.25);
  expect(found.drifted).toEqual(['f0']);
  expect(found.text).toMatch(/"f0" has moved by 0\.2\d* standard deviations \(limit 0\.1\), adjusted p /);
  expect(judgeWindow(world, 5_000, 'shift', (value) => Number(value) + 0.03).verdict).toBe('stable');
});

test('a missing share that rises from 1 to 4 % is found', () => {
  const world = { name: 'missing', referenceRows: 10_000, walk: mostlyMissing(0.01, independent) };
  const found = judgeWindow(world, 5_000, 'missing', (value, random) => (random.next() < 0.03 ? null : value));
  expect(found.drifted).toEqual(['f0']);
});

test('windows that are judged after one reference are judged as each is by itself', () => {
  const world = { name: 'together', referenceRows: 2_000, walk: independent };
  const windows = [
    { rows: 250, by: 0 },
    { rows: 1_000, by: 0.25 },
    { rows: 500, by: 0.5 },
  ];
  const alone = windows.map(({ rows, by }) =>
    judgeWindow(world, rows, 'together', (value) => (by === 0 ? value : Number(value) + by)),
  );
  expect(alone.map(({ verdict }) => verdict)).toEqual(['stable', 'drift', 'drift']);
  expect(judgeMoved(world, windows, 'together')).toEqual(alone);
});
