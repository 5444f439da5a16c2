import { describe, expect, test } from 'vitest';
import { playStream } from '../../../../tests/worlds/drift-stream.ts';
import {
  autoregressive,
  countRows,
  driftWatch,
  independent,
  mostlyMissing,
  profileOf,
  referenceOf,
  season,
  take,
  type DriftWorld,
} from '../../../../tests/worlds/drift-world.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { earlierWindowsMax, judgeStream } from './judge-stream.ts';

const told = { windows: 40, windowRows: 250, distributions: 4 };

describe('a stream that does not change', () => {
  // One in a hundred windows on average: three of 40 streams of 40 windows each would be four times as many.
  test.each([
    ['independent rows', 5_000, independent],
    ['each row remembers the one before', 5_000, autoregressive(0.9)],
    ['a season of 1,000 rows', 5_000, season(1_000, 0.1)],
    ['70 % missing in a short reference', 300, mostlyMissing(0.7, independent)],
  ])('%s', (name, referenceRows, walk) => {
    const world: DriftWorld = { name, referenceRows, walk };
    const alarms = Array.from({ length: 10 }, (_, run) => playStream(world, { ...told, seed: `${name} ${run}` }));
    // 4 of 400 windows are promised on average; more than 12 are an unlucky reference in a hundred or a broken promise.
    expect(alarms.reduce((sum, { stream }) => sum + stream.length, 0)).toBeLessThanOrEqual(12);
  });
});

const world: DriftWorld = { name: 'independent rows', referenceRows: 10_000, walk: independent };

/** Windows of one feature and the prediction, off by so much each, the last one first. */
function windowsOff(shifts: readonly number[], seed: string, referenceRows = world.referenceRows) {
  const random = createRandom(seed);
  const next = independent(random);
  const profiles = ['f0', 'f1'].map((name) => profileOf(name, take(next, referenceRows)));
  const windows = shifts.map((shift) => ({
    rows: 500,
    cells: profiles.map((profile, i) =>
      countRows(
        profile,
        take(next, 500).map((value) => Number(value) + (i === 0 ? shift : 0)),
      ),
    ),
  }));
  const [window = { rows: 0, cells: [] }, ...earlier] = windows;
  return { input: { profile: referenceOf(referenceRows, profiles), window, watch: driftWatch }, earlier };
}

const judge = ({ input, earlier }: ReturnType<typeof windowsOff>) => judgeStream(input, earlier);

test('small drift that lasts is found by windows together, and said', () => {
  const shifts = Array.from({ length: 16 }, () => 0.15);
  const judged = judge(windowsOff(shifts, 'lasting'));
  expect(judged).toMatchObject({ verdict: 'drift', drifted: ['f0'], lasting: { drifted: ['f0'] } });
  expect(judged.features.find(({ name }) => name === 'f0')).toMatchObject({ drifted: true });
  expect(judged.text).toMatch(
    /Over the last (4|16) windows, less the one that lies furthest away \([\d,]+ rows\): "f0"/,
  );
  expect(judged.text).toContain('at most 1 % of windows alarm on average, single windows and spans together.');
  // The window by itself does not show it.
  expect(judge(windowsOff(shifts.slice(0, 1), 'lasting')).verdict).toBe('stable');
  const { input, earlier } = windowsOff(shifts, 'lasting');
  expect(judgeStream(input, earlier)).toEqual(judgeStream(input, earlier));
});

test('what happened in one window is said once', () => {
  const burst = [1, ...Array.from({ length: 15 }, () => 0)];
  expect(judge(windowsOff(burst, 'burst'))).toMatchObject({ verdict: 'drift', drifted: ['f0'] });
  expect(judge(windowsOff(burst, 'burst')).lasting).toBeUndefined();
  for (let ago = 1; ago <= 5; ago++) {
    const before = [...Array.from({ length: ago }, () => 0), ...burst].slice(0, 16);
    expect(judge(windowsOff(before, `burst ${ago}`)).verdict).toBe('stable');
  }
});

test('more rows than the reference has are not held against it', () => {
  const shifts = Array.from({ length: 1 + earlierWindowsMax }, () => 0.15);
  expect(judge(windowsOff(shifts, 'short', 400))).toMatchObject({ verdict: 'stable' });
});

test('a window that is too small says nothing, whatever came before', () => {
  const { input, earlier } = windowsOff(
    Array.from({ length: 16 }, () => 0.5),
    'small',
  );
  const few = { ...input, window: { rows: 50, cells: input.window.cells } };
  expect(judgeStream(few, earlier)).toMatchObject({ verdict: 'insufficient' });
});
