import { expect, test } from 'vitest';
import { autoregressive, independent } from '../../../../tests/worlds/drift-world.ts';
import { drawTogether, judgeTogetherIn, togetherProfile } from '../../../../tests/worlds/together-world.ts';
import { kindsOf } from '../causes/drift-kinds.ts';
import { judgeTogether } from './judge-together.ts';
import { testTogether, type TogetherTest } from './test-together.ts';

const world = { name: 'independent', referenceRows: 30_000, windowRows: 500, walk: independent };

test('two features that go together otherwise drift, although neither has moved, and are named', () => {
  const judged = judgeTogetherIn(world, 'pair', { correlation: 0.6 });
  expect(judged).toMatchObject({ verdict: 'drift', drifted: [], together: { verdict: 'drift', rows: 500 } });
  expect(judged.text).toMatch(/No drift in 20 .*A classifier tells the window from the reference \(AUROC 0\.6\d* on/);
  expect(judged.text).toContain('by how "f0" goes with "f1"');
  expect(kindsOf(judged, null)?.text).toContain('features go together otherwise than they did');
});

test('where nothing changes it is silent, in a stream that remembers as well', () => {
  for (const walk of [independent, autoregressive(0.9)])
    for (let window = 0; window < 3; window++)
      expect(judgeTogetherIn({ ...world, walk, referenceRows: 6_000 }, `${window}`).together?.verdict).toBe('stable');
});

const found: TogetherTest = {
  auroc: 0.58,
  expected: 0.5,
  expectedLow: 0.45,
  expectedHigh: 0.55,
  pValue: 1e-5,
  rows: 500,
  features: [
    { name: 'a', share: 0.5 },
    { name: 'b', share: 0.3 },
    { name: 'c', share: 0.1 },
    { name: 'd', share: 0.1 },
  ],
  pairs: [],
};

test('it must be certain, with the error of the window, and rise far enough', () => {
  const verdict = (adjusted: number, multivariate: true | { aurocRiseMin: number }) =>
    judgeTogether(found, adjusted, { falseAlarmRate: 0.01, multivariate }).verdict;
  expect(verdict(0.009, true)).toBe('drift');
  expect(verdict(0.011, true)).toBe('stable');
  expect(verdict(0.009, { aurocRiseMin: 0.1 })).toBe('stable');
  expect(judgeTogether(found, 0.001, { falseAlarmRate: 0.01, multivariate: true }).text).toMatch(
    /by "a" \(50 %\), "b" \(30 %\), "c" \(10 %\) and 1 more\.$/,
  );
});

test('what cannot be judged says why', () => {
  const drawn = drawTogether({ ...world, referenceRows: 5_999, windowRows: 99 }, 'short');
  const ofTooFew = togetherProfile(drawn);
  expect(ofTooFew.stretches).toBeUndefined();
  const test = testTogether(ofTooFew, () => null);
  expect(judgeTogether(test, 1, { falseAlarmRate: 0.01, multivariate: true })).toEqual({
    verdict: 'not-judged',
    text: expect.stringMatching(/^Features together were not judged: the reference of this version keeps no rows/),
  });
  const long = drawTogether({ ...world, referenceRows: 6_000, windowRows: 99 }, 'short');
  const windowOf = ({ name }: { name: string }) => long.find((column) => column.name === name)?.window ?? null;
  expect(testTogether(togetherProfile(long), windowOf)).toBe('the window has 99 rows of the 100 that are needed');
});
