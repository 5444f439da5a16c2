import { describe, expect, test } from 'vitest';
import { playFailing, wrongShares, type FailingWorld } from '../../../tests/worlds/delayed-failures.ts';
import { defaultRollout } from '../spec/default-spec.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { alphaShares, boundaryOf } from './alpha-shares.ts';
import { judgeLook } from './judge-look.ts';

const plan: RolloutSpec = { ...defaultRollout('binary'), failures: ['error', 'wrong'] };
const none = { assigned: [], challengerRows: 0, challengerErrors: 0, challengerUnits: 0, challengerUnitFailures: 0 };
const alike = [{ weight: 0.5, championFailures: 20, challengerFailures: 20 }];
const harm = [{ weight: 0.5, championFailures: 20, challengerFailures: 60 }];
const look = (seen: Pick<Parameters<typeof judgeLook>[0], 'failures' | 'matured'>, failures = plan.failures) =>
  judgeLook({ ...none, ...seen, rollout: { ...plan, failures } });

describe('failures that are seen at once, and those that wait for labels', () => {
  test('either process stops it, each with half of the share', () => {
    expect(boundaryOf(plan, 'evidence')).toBeCloseTo(2 / (0.05 * alphaShares.evidence));
    const atOnce = look({ failures: harm, matured: { throughSeq: 900, failures: alike } });
    expect(atOnce).toMatchObject({ stoppedBy: 'evidence', isMature: false, failures: harm });
    const byLabels = look({ failures: alike, matured: { throughSeq: 900, failures: harm } });
    expect(byLabels).toMatchObject({ stoppedBy: 'evidence', isMature: true, failures: harm, challengerFailures: 60 });
    expect(byLabels.text).toContain('with wrong decisions, on mature rows through 900, 60 entities failed first');
    const neither = look({ failures: alike, matured: { throughSeq: 0, failures: [] } });
    expect(neither.verdict).toBe('continue');
    expect(neither.text).toMatch(/; no row is mature yet, so no decision is known to be wrong\.$/);
  });

  test('a plan of one sort of failures has one process with the whole share', () => {
    expect(boundaryOf({ ...plan, failures: ['wrong'] }, 'evidence')).toBeCloseTo(1 / (0.05 * alphaShares.evidence));
    const wrong = look({ failures: [], matured: { throughSeq: 900, failures: alike } }, ['wrong']);
    expect(wrong).toMatchObject({ isMature: true, failures: alike });
    expect(wrong.text).toMatch(/^Continues: with wrong decisions, on mature rows through 900, 20 entities failed/);
    const plain = look({ failures: alike }, ['error', 'slow']);
    expect([plain.isMature, plain.boundary]).toEqual([false, expect.closeTo(1 / (0.05 * alphaShares.evidence))]);
  });
});

describe('labels of one class come sooner', () => {
  const delays = { name: '', mean: -1, shift: 0, delayOf: (label: number) => (label === 1 ? 50 : 2_500) };
  const even = wrongShares(delays, 0.1, 0.1);
  const world: FailingWorld = {
    delays,
    rowsBefore: 8_000,
    champion: even,
    challenger: wrongShares(delays, 0.1, 0.3),
    errors: [0.002, 0.002],
    entities: null,
  };
  const stopped = (change: Partial<FailingWorld>, rollouts: number, isMature = true) =>
    Array.from({ length: rollouts }, (_, run) =>
      playFailing({ ...world, ...change }, plan, `soon ${run}`, isMature),
    ).filter(({ stoppedAt }) => stoppedAt !== null);

  // On 8 other seeds 6 to 11 by labels as they come, and none by mature rows.
  test('one that is no worse, but on those, is not stopped; by labels as they come it would be', () => {
    expect(stopped({}, 15).length).toBeLessThanOrEqual(2);
    expect(stopped({}, 15, false).length).toBeGreaterThan(2);
  });

  test('one that is worse, but not on those, is stopped; and errors are seen before those labels', () => {
    const worse = { champion: wrongShares(delays, 0.05, 0.05), challenger: wrongShares(delays, 0.15, 0.02) };
    expect(stopped(worse, 10).length).toBe(10);
    const failing = stopped({ challenger: even, errors: [0.002, 0.05] }, 10);
    expect(failing.length).toBe(10);
    // At row 3,000 of the rollout, 500 of its rows are mature.
    expect(failing.every(({ stoppedAt }) => (stoppedAt ?? 0) <= 3_000)).toBe(true);
  });
});
