import { describe, expect, test } from 'vitest';
import { logistic, pairedRowsOf, pairedWorld as world } from '../../../tests/worlds/paired-world.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { PairedRows } from '../training/compare-paired.ts';
import { judgePromotion, type PromotionPlan, type PromotionVerdict } from './judge-promotion.ts';

const plan = {
  alpha: 0.05,
  promotion: { metric: 'logLoss', margin: 0.02, alpha: 0.05, labelledRowsMin: 250 },
} as const satisfies PromotionPlan;

describe('judgePromotion', () => {
  test('every verdict, with its sentence', () => {
    const better = judgePromotion(world(2_000, 2, 0.3), plan);
    expect(better).toMatchObject({ verdict: 'better', rows: 2_000, method: 'confidence-sequence' });
    expect(better.text).toMatch(
      /^Log loss of the challenger against the champion is .* better on 2,000 labelled rows \(over all looks, at /,
    );
    expect(judgePromotion(world(2_000, 0.3, 2), plan)).toMatchObject({ verdict: 'worse' });
    const same = world(2_000, 1, 1);
    expect(judgePromotion({ ...same, challenger: same.champion }, plan).verdict).toBe('not-worse');
    expect(judgePromotion(world(300, 1, 1.1), plan).verdict).toBe('undecided');
    const waiting = judgePromotion(world(100, 1, 1), plan);
    expect(waiting).toMatchObject({ verdict: 'insufficient', estimate: null });
    expect(waiting.text).toBe(
      'Log loss of the challenger against the champion: 100 of 250 labelled rows are in; waiting for labels.',
    );
  });

  test('few rows that agree prove nothing: the next one may be the first that does not', () => {
    const same = world(250, 1, 1);
    expect(judgePromotion({ ...same, challenger: same.champion }, plan).verdict).toBe('undecided');
  });

  test('rows of one entity say less than rows of many', () => {
    const rows = world(2_500, 0.3, 0.3);
    const verdictOf = (entities?: Uint32Array) =>
      judgePromotion(entities === undefined ? rows : { ...rows, entities }, plan);
    expect(verdictOf().verdict).toBe('not-worse');
    const few = verdictOf(Uint32Array.from({ length: 2_500 }, (_, row) => row % 5));
    expect(few).toMatchObject({ verdict: 'undecided', units: 5 });
    expect(few.text).toContain('on 2,500 labelled rows of 5 entities');
  });

  test.each(['auroc', 'brier', 'accuracy', 'f1', 'averagePrecision', 'calibrationError'] as const)(
    '%s knows better from worse',
    (metric: MetricName) => {
      const of = (paired: PairedRows) =>
        judgePromotion(paired, { ...plan, promotion: { ...plan.promotion, metric, margin: 0 } }).verdict;
      expect(of(world(8_000, 5, 0.1))).toBe('better');
      expect(of(world(8_000, 0.1, 5))).toBe('worse');
    },
  );

  test('the same evidence gives the same judgement', () => {
    expect(judgePromotion(world(400, 1, 0.8), plan)).toEqual(judgePromotion(world(400, 1, 0.8), plan));
  });
});

/** The verdict of a whole rollout: the first at one of its looks that decides, or none. */
function rolloutOf(world: (seed: string) => PairedRows, seed: string): PromotionVerdict {
  const all = world(seed);
  for (let rows = 250; rows <= 2_500; rows += 250) {
    const { verdict } = judgePromotion(
      {
        ...all,
        labels: Float64Array.from(all.labels).subarray(0, rows),
        champion: Float64Array.from(all.champion).subarray(0, rows * 2),
        challenger: Float64Array.from(all.challenger).subarray(0, rows * 2),
      },
      plan,
    );
    if (verdict !== 'undecided' && verdict !== 'insufficient') return verdict;
  }
  return 'undecided';
}

function shareOf(runs: number, world: (seed: string) => PairedRows, verdicts: readonly PromotionVerdict[]): number {
  let count = 0;
  for (let run = 0; run < runs; run++) if (verdicts.includes(rolloutOf(world, `run ${run}`))) count++;
  return count / runs;
}

/** 31 % positives. A share of the challenger's answers is simply sure, and often wrong. */
const surely = (share: number) => (seed: string) => {
  const random = createRandom(seed);
  return pairedRowsOf(2_500, () => {
    const truth = 1.5 * random.normal() - 1;
    const label = random.next() < logistic(truth) ? 1 : 0;
    const champion = truth + 0.3 * random.normal();
    const isSure = random.next() < share;
    const challenger = isSure ? (random.next() < logistic(truth) ? 40 : -40) : truth + 0.3 * random.normal();
    return { label, champion, challenger };
  });
};

describe('over all looks of a rollout (npm run bench:judgement has more rollouts and more worlds)', () => {
  const promoted = ['better', 'not-worse'] as const;

  test('one that is worse by about the margin is promoted in at most about alpha, an equal one nearly always', () => {
    // Measured over 400,000 rows: 0.02 and 0.04 nats worse.
    expect(shareOf(100, surely(0.0111), promoted)).toBeLessThanOrEqual(0.1);
    expect(shareOf(100, surely(0.0222), promoted)).toBeLessThanOrEqual(0.02);
    expect(shareOf(60, surely(0), promoted)).toBeGreaterThanOrEqual(0.95);
  });
});
