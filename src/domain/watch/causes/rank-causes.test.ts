import { expect, test } from 'vitest';
import { causesOf } from '../../../../tests/worlds/cause-world.ts';
import { rankCauses, sayCauses } from './rank-causes.ts';

// In short what `npm run bench:judgement -- --only causes` plays.

test('the feature by which answers moved comes first, before one that moved more and means nothing', () => {
  const causes = causesOf('loud', 1_000, { loud: 0.6, idle: 1.2 });
  expect(causes[0]).toMatchObject({ feature: 'loud', drifted: true });
  expect(causes[0]?.answerShare).toBeGreaterThan(0.8);
  const idle = causes.find(({ feature }) => feature === 'idle');
  expect(idle?.effect).toBeGreaterThan(1.5 * (causes[0]?.effect ?? 1));
  expect(idle?.answerShare).toBeLessThan(0.1);
  // What goes with it explains what the two share, and is named after it.
  expect(causes[1]?.feature).toBe('twin');
  expect(sayCauses(causes)).toMatch(
    /^Likely causes, first the likeliest: "loud" \(\d+(\.\d+)? % of what answers moved by/,
  );
});

test('where answers have not moved, features stand in the order of how far they have', () => {
  const causes = causesOf('idle', 1_000, { idle: 0.6 });
  expect(causes.map(({ feature }) => feature)).toEqual(['idle']);
  expect(causes[0]?.part.label).toMatch(/^(up to|above|-?\d)/);
});

test('a window without drift has no causes, and a profile of an earlier release gives no shares', () => {
  expect(causesOf('still', 1_000, {})).toEqual([]);
  expect(sayCauses([])).toBe('');
  const moved = { name: 'x', kind: 'feature', effect: 0.5, drifted: true } as never;
  const binned = { kind: 'binned', edges: [0], counts: [50, 50], missing: 0 } as const;
  const profile = {
    formatVersion: 1,
    rows: 100,
    features: [{ name: 'x', ...binned }],
    prediction: { name: 'p', ...binned },
  } as const;
  const cells = [
    [10, 90, 0],
    [10, 90, 0],
  ];
  const [cause] = rankCauses(profile, { rows: 100, cells }, { verdict: 'drift', features: [moved] });
  expect(cause).toEqual({
    feature: 'x',
    effect: 0.5,
    drifted: true,
    answerShare: null,
    part: { label: 'up to 0', now: 0.1, before: 0.5 },
  });
});
