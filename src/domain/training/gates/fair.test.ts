import { describe, expect, test } from 'vitest';
import { groupedWorld, type GroupDraw } from '../../../../tests/worlds/grouped-world.ts';
import type { FairnessMeasure } from '../../spec/closed-sets.ts';
import type { CheckVerdict } from '../gate-check.ts';
import { judgeGate } from '../judge-gate.ts';

const group = (rows: number, changes: Partial<GroupDraw> = {}): GroupDraw => ({
  rows,
  positives: 0.4,
  yesIfPositive: 0.7,
  yesIfNegative: 0.2,
  ...changes,
});

/** Answered yes in a share, whatever comes true. */
const yes = (rows: number, share: number) => group(rows, { yesIfPositive: share, yesIfNegative: share });

function judge(
  measure: FairnessMeasure,
  groups: readonly GroupDraw[],
  seed: string,
  undecided: 'wait' | 'ask' = 'wait',
) {
  const { candidate, slices } = groupedWorld(groups, seed);
  const gates = [{ gate: 'fair', measure, atMost: 0.1, slices: ['group'], undecided }] as const;
  return judgeGate({ gates, candidate, baselines: {}, champion: null, slices, promotion: { metric: 'logLoss' } });
}

describe('fair', () => {
  test('met: the largest difference, of whom, and a bound for every pair', () => {
    const { verdict, checks } = judge(
      'demographicParity',
      [yes(4_000, 0.3), yes(4_000, 0.33), yes(2_000, 0.31)],
      'met',
    );
    expect(verdict).toBe('pass');
    expect(checks[0]).toMatchObject({ verdict: 'pass', limit: 0.1, rows: 10_000, method: 'mover', alpha: 0.05 });
    expect(checks[0]?.bound).toBeGreaterThan(checks[0]?.value ?? 1);
    expect(checks[0]?.text).toMatch(
      /^Demographic parity: the largest difference is 0\.0\d+, share answered yes: 0\.3\d* of g1 \(4,000 rows\) to 0\./,
    );
    expect(checks[0]?.text).toMatch(
      /; with 95 % confidence no two groups differ by more than 0\.0\d+ \(MOVER\); at most 0\.1 is asked: met\.$/,
    );
  });
  test('missed: proven with the error shared by the pairs', () => {
    const { verdict, text, checks } = judge(
      'equalisedOdds',
      [group(2_000), group(2_000, { yesIfPositive: 0.4 })],
      'missed',
    );
    expect(verdict).toBe('fail');
    // Two groups make two ordered pairs, of two rates.
    expect(checks[0]?.alpha).toBeCloseTo(0.05 / 4, 12);
    expect(text).toMatch(/share of positive rows answered yes: 0\.\d+ of g0 .* to 0\.\d+ of g1/);
    expect(text).toMatch(/with 98\.8 % confidence at least 0\.2\d* \(MOVER\); at most 0\.1 is asked: missed\.$/);
  });
  test('few rows prove neither, and a group without such rows never passes', () => {
    const few = judge('demographicParity', [yes(100, 0.3), yes(100, 0.3)], 'small', 'ask');
    expect(few.verdict).toBe('insufficient');
    expect(few.text).toMatch(
      /not decided, it hangs on g\d and g\d, about [\d,]+ more rows of both would decide it; a person decides\.$/,
    );
    const without = judge('equalisedOdds', [group(9_000), group(9_000), group(50, { positives: 0 })], 'without');
    expect(without.verdict).toBe('insufficient');
    expect(without.text).toMatch(/not decided, g2 has no such rows; the candidate waits for more rows\.$/);
  });
  test('calibration: probabilities that are too low for one group only', () => {
    expect(judge('calibration', [group(3_000), group(3_000, { below: 0.2 })], 'low').verdict).toBe('fail');
    expect(judge('calibration', [group(3_000, { below: 0.2 }), group(3_000, { below: 0.2 })], 'both').verdict).toBe(
      'pass',
    );
  });
});

describe('its errors', () => {
  const runs = 80;
  const count = (measure: FairnessMeasure, groups: readonly GroupDraw[], verdict: CheckVerdict) => {
    let found = 0;
    for (let run = 0; run < runs; run++) if (judge(measure, groups, `${measure} ${run}`).verdict === verdict) found++;
    return found;
  };
  // 5 % of 80 are 4; a rate of 5 % gives more than 12 once in five thousand seeds.
  const likely = 12;
  test('two groups that differ by exactly the limit pass, and are refused, in at most 5 %', () => {
    const groups = [yes(800, 0.3), yes(150, 0.2), yes(800, 0.3)];
    expect(count('demographicParity', groups, 'pass')).toBeLessThanOrEqual(likely);
    expect(count('demographicParity', groups, 'fail')).toBeLessThanOrEqual(likely);
    const odds = [group(800), group(300, { yesIfPositive: 0.6 })];
    expect(count('equalisedOdds', odds, 'pass')).toBeLessThanOrEqual(likely);
    expect(count('calibration', [group(300), group(300, { below: 0.1 })], 'pass')).toBeLessThanOrEqual(likely);
  });
  test('what is far from the limit is decided', () => {
    expect(count('demographicParity', [yes(800, 0.3), yes(800, 0.3)], 'pass')).toBeGreaterThan(runs * 0.9);
    expect(count('demographicParity', [yes(800, 0.5), yes(800, 0.3)], 'fail')).toBeGreaterThan(runs * 0.8);
  });
});
