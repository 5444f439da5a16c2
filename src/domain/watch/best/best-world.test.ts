import { expect, test } from 'vitest';
import { autoregressive, independent } from '../../../../tests/worlds/drift-world.ts';
import { slowDrift } from '../../../../tests/worlds/slow-drift-world.ts';
import { judgeBestWorld } from './best-world.ts';

// In short what `npm run bench:judgement -- --only best-world` plays.

test('a drift that each training has taken in is told beside the best champion, and not beside the last', () => {
  for (const seed of ['a', 'b', 'c']) {
    const { own, best } = slowDrift(independent, seed, 5, 0.15);
    expect(own()).toBe('stable');
    expect(best).toMatchObject({ verdict: 'moved', version: 1, features: expect.any(Array) });
    expect(best.features[0]).toMatchObject({ name: 'f0', drifted: true });
    expect(best.text).toMatch(
      /^The world is not that of v1, the best champion: of 10 features over 500 rows, "f0" by 0\.\d+ sd/,
    );
  }
});

test('a world that is as it was is said to be, also where rows remember each other; too few rows say nothing', () => {
  for (const walk of [independent, autoregressive(0.9)])
    expect(slowDrift(walk, 'still', 5, 0).best).toMatchObject({ verdict: 'alike', version: 1 });
  const feature = { name: 'x', kind: 'binned', edges: [0], counts: [500, 500], missing: 0 } as const;
  const profile = { formatVersion: 1, rows: 1_000, features: [feature], prediction: feature } as const;
  const watch = { falseAlarmRate: 0.01, effectMin: 0.1, missingShareRiseMax: 0.1 };
  const few = judgeBestWorld(3, profile, { rows: 100, cells: [[50, 50, 0]] }, watch, []);
  expect(few).toMatchObject({ verdict: 'insufficient', features: [], text: expect.stringMatching(/world of v3/) });
  // Without a feature that can be compared there is nothing to say either.
  expect(judgeBestWorld(3, profile, { rows: 900, cells: [[450, 450, 0]] }, watch, ['x']).verdict).toBe('insufficient');
});
