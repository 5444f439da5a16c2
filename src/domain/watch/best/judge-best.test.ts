import { expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { decayHorizonWindows, heldAgainst, judgeDecay } from '../judge-decay.ts';
import { lossReference } from '../loss-reference.ts';
import { withReference, type BestReference } from './best-reference.ts';
import { judgeBest } from './judge-best.ts';

// In short what `npm run bench:judgement -- --only best` plays.
const decay = { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 250 };
const told = { liveRows: 0, probabilityMin: 0.001, isFixed: true };

/** Losses about this mean, as rows of a good model show them: many small ones and few large. */
function losses(mean: number, rows: number, seed: string): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => -mean * Math.log(1 - random.next()));
}
const of = (
  mean: number,
  version: number,
  seed = 'reference',
  question = 'q',
  rows = 2_000,
): Omit<BestReference, 'of'> => ({
  version,
  window: version,
  reference: lossReference(losses(mean, rows, `${seed} ${version}`), told),
  question,
});
const recent = (mean: number, seed: string, rows = 2_000) => ({ losses: losses(mean, rows, seed), entities: null });

test('the best is the smallest loss, of so many; another target or loss begins anew', () => {
  const first = withReference(null, of(0.3, 1));
  expect(first).toMatchObject({ version: 1, of: 1 });
  const worse = withReference(first, of(0.45, 2));
  expect(worse).toMatchObject({ version: 1, window: 1, of: 2 });
  expect(withReference(worse, of(0.2, 3))).toMatchObject({ version: 3, window: 3, of: 3 });
  expect(withReference(worse, of(0.6, 4, 'reference', 'another'))).toMatchObject({ version: 4, of: 1 });
});

test('a successor that is a little better than its last is steady, and far below the best', () => {
  const best = withReference(withReference(withReference(null, of(0.3, 1)), of(0.46, 2)), of(0.44, 3));
  const own = of(0.44, 3).reference;
  const now = recent(0.44, 'successor');
  expect(judgeDecay(now, own, decay, { alpha: decay.alpha / 2 }).verdict).toBe('steady');
  const judged = judgeBest(now, best, decay, decay.alpha / 2);
  expect(judged).toMatchObject({ verdict: 'far-below', version: 1, of: 3 });
  expect(judged.relativeRise).toBeGreaterThan(0.3);
  expect(judged.text).toMatch(
    /^v1 had 0\.\d+ when promoted, the best of 3 champions\. Loss is .*far below its best\.$/,
  );
});

test('near it closes an alert, between the two nothing is said, and few rows are not judged', () => {
  const best = withReference(null, of(0.3, 1));
  const verdictOf = (mean: number, rows = 2_000) =>
    judgeBest(recent(mean, 'now', rows), best, decay, decay.alpha / 2).verdict;
  expect(verdictOf(0.3)).toBe('near');
  expect(verdictOf(0.35)).toBe('unclear');
  expect(verdictOf(0.45)).toBe('far-below');
  expect(verdictOf(0.9, 249)).toBe('insufficient');
});

test('the smallest of ten equal champions is small by chance as well, and rings no more for it', () => {
  let alarms = 0;
  let naive = 0;
  const streams = 300;
  const any = { ...decay, relativeRiseMin: 0 };
  for (let stream = 0; stream < streams; stream++) {
    let best = withReference(null, of(0.3, 1, `chance ${stream}`, 'q', 300));
    for (let version = 2; version <= 10; version++)
      best = withReference(best, of(0.3, version, `chance ${stream}`, 'q', 300));
    const now = recent(0.3, `healthy ${stream}`, 250);
    // One look at one of five spans, where alpha is for 50 looks at all: taken back, so that 300 looks can show it.
    const pValueFor = (champions: number): number =>
      heldAgainst(now, best.reference, any, champions / (5 * decayHorizonWindows))[0]?.pValue ?? 1;
    if (pValueFor(best.of) <= 0.05) alarms++;
    if (pValueFor(1) <= 0.05) naive++;
  }
  expect(alarms / streams).toBeLessThanOrEqual(0.05);
  // As if there had been one champion, the error is more than what was promised.
  expect(naive / streams).toBeGreaterThan(0.07);
});
