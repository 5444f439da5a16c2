import { expect, test } from 'vitest';
import { autoregressive, entityRuns, independent } from '../../../../tests/worlds/drift-world.ts';
import { judgeHourlyLabels, judgeLabelsIn, labelWorld } from '../../../../tests/worlds/label-world.ts';
import { judgeLabels } from './judge-labels.ts';
import { labelCells } from './label-cells.ts';

// In short what `npm run bench:judgement -- --only labels` plays.
const windows = Array.from({ length: 25 }, (_, window) => `w${window}`);

test('labels that do not change are stable, whatever the stream remembers and whichever labels are late', () => {
  for (const world of [
    labelWorld('AR 0.9', autoregressive(0.9)),
    labelWorld('runs', entityRuns(20)),
    labelWorld('rare', independent, { positives: 0.02 }),
    labelWorld('late', independent, { lateShare: 0.05 }),
  ])
    expect(windows.filter((seed) => judgeLabelsIn(world, seed).verdict === 'drift').length).toBeLessThanOrEqual(1);
});

test('a doubled share of positives is found, and named by the class; so are values that have moved', () => {
  const tenth = labelWorld('tenth', independent, { positives: 0.1 });
  const found = windows.map((seed) => judgeLabelsIn(tenth, seed, { times: 2 }));
  expect(found.filter(({ verdict }) => verdict === 'drift').length).toBeGreaterThanOrEqual(24);
  expect(found[0]?.part?.label).toBe('yes');
  expect(found[0]?.text).toMatch(
    /^Labels of the latest 500 mature labelled rows \(through row 500\): yes is \d.* % when trained; .*have drifted\.$/,
  );
  expect(found[0]?.histogram?.labels).toEqual(['no', 'yes']);
  const values = labelWorld('values', independent, { positives: null });
  expect(judgeLabelsIn(values, 'v', { shift: 0.5 })).toMatchObject({ verdict: 'drift' });
});

test('what is certain in many rows and small stays quiet, but not a rare class that has doubled', () => {
  const small = labelWorld('small', independent, { positives: 0.3, windowRows: 40_000, referenceRows: 40_000 });
  const judged = judgeLabelsIn(small, 's', { times: 1.06 });
  expect(judged.pValue).toBeLessThan(0.01);
  expect(judged.verdict).toBe('stable');
  const rare = labelWorld('rare', independent, { positives: 0.01, windowRows: 20_000 });
  const doubled = judgeLabelsIn(rare, 'r', { times: 2 });
  expect(doubled.effect).toBeLessThan(0.1);
  expect(doubled.verdict).toBe('drift');
});

test('with a season, labels are held against those of the same hours', () => {
  const verdicts = (firstHour: number, times: number, isHeeded: boolean) =>
    windows.filter((seed) => judgeHourlyLabels(seed, firstHour, times, isHeeded).verdict === 'drift').length;
  expect(verdicts(0, 1, true)).toBeLessThanOrEqual(1);
  expect(verdicts(8, 1, true)).toBeLessThanOrEqual(1);
  // From eight in the morning on there is no night: twice the positives are as many as usual in a day.
  expect(verdicts(8, 2, false)).toBeLessThanOrEqual(2);
  expect(verdicts(8, 2, true)).toBeGreaterThanOrEqual(24);
  expect(judgeHourlyLabels('a', 0, 1, true).text).toMatch(/stable\. Held against the same hour of day \(UTC\)\.$/);
  expect(judgeHourlyLabels('a', 0, 1, false).text).toContain('The declared season is not heeded');
});

test('too few rows, or a reference without labels, are not judged; an exact copy of the reference never drifts', () => {
  const watch = { effectMin: 0.1 };
  const profile = {
    name: 'label',
    kind: 'category',
    values: ['no', 'yes'],
    counts: [900, 100],
    other: 0,
    missing: 0,
  } as const;
  const cells = labelCells(profile, ['no', 'yes'], [0, 1, 1, null]);
  expect(cells).toEqual([1, 2, 0, 0]);
  expect(judgeLabels(profile, { rows: 3, throughSeq: 9, cells }, watch)).toMatchObject({
    verdict: 'insufficient',
    text: 'Labels were not judged: 3 mature labelled rows of 200 are in.',
  });
  expect(judgeLabels(undefined, { rows: 900, throughSeq: 9, cells }, watch).verdict).toBe('insufficient');
  const copy = judgeLabels(profile, { rows: 1_000, throughSeq: 9, cells: [900, 100, 0, 0] }, watch);
  expect(copy).toMatchObject({ verdict: 'stable', effect: 0 });
  // The rate is the plan's.
  const moved = { rows: 1_000, throughSeq: 9, cells: [840, 160, 0, 0] };
  const { pValue } = judgeLabels(profile, moved, watch);
  const strict = { ...watch, labelDrift: { falseAlarmRate: (pValue ?? 1) / 2 } };
  expect(judgeLabels(profile, moved, watch).verdict).toBe('drift');
  expect(judgeLabels(profile, moved, strict).verdict).toBe('stable');
});
