import { expect, test } from 'vitest';
import { kindsOf } from './drift-kinds.ts';

type Drift = Parameters<typeof kindsOf>[0];
const judged = (...kinds: readonly ('feature' | 'prediction')[]): Drift => ({
  verdict: kinds.length === 0 ? 'stable' : 'drift',
  features: kinds.map((kind) => ({ kind, drifted: true }) as never),
});
const of = (drift: Drift, decay: 'steady' | 'decayed' | 'insufficient' | null) =>
  kindsOf(drift, decay === null ? null : { verdict: decay });

test.each([
  ['features alone', judged('feature'), 'steady', ['covariate'], /answers did not .*quality has not fallen\.$/],
  [
    'answers with them',
    judged('feature', 'prediction'),
    'insufficient',
    ['covariate', 'prediction'],
    /with them [^;]*\.$/,
  ],
  ['answers alone', judged('prediction'), null, ['prediction'], /no feature by itself did/],
  ['quality alone', judged(), 'decayed', ['concept'], /concept drift\)\.$/],
  [
    'quality and features',
    judged('feature'),
    'decayed',
    ['covariate'],
    /by that or by a concept that changed as well\.$/,
  ],
] as const)('%s', (_, drift, decay, kinds, text) => {
  const found = of(drift, decay);
  expect(found?.kinds).toEqual(kinds);
  expect(found?.text).toMatch(text);
});

test('nothing fired, nothing said; and what was not judged is not called a concept', () => {
  expect(of(judged(), 'steady')).toBeNull();
  expect(of(null, null)).toBeNull();
  const notJudged = { verdict: 'insufficient', features: [] } as const;
  expect(of(notJudged, 'decayed')).toEqual({
    kinds: [],
    text: 'Quality fell; whether features or answers moved was not judged in this window.',
  });
});

test('labels that moved are told from a relation that moved: by whether features or answers moved as well', () => {
  const labels = { verdict: 'drift' } as const;
  expect(kindsOf(judged('feature', 'prediction'), { verdict: 'steady' }, labels)).toEqual({
    kinds: ['covariate', 'prediction', 'label'],
    text: expect.stringMatching(/; labels of mature rows moved as well \(label drift\); quality has not fallen\.$/),
  });
  expect(kindsOf(judged(), { verdict: 'decayed' }, labels)).toEqual({
    kinds: ['label', 'concept'],
    text: expect.stringMatching(/neither features nor answers did: .*label and concept drift\); quality fell, by that/),
  });
  expect(kindsOf({ verdict: 'insufficient', features: [] }, null, labels)).toEqual({
    kinds: ['label'],
    text: expect.stringMatching(/was not judged\.$/),
  });
  expect(kindsOf(judged(), { verdict: 'steady' }, { verdict: 'stable' })).toBeNull();
});
