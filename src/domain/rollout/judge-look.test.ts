import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { defaultRollout } from '../spec/default-spec.ts';
import { alphaShares } from './alpha-shares.ts';
import { judgeLook } from './judge-look.ts';

const rollout = { ...defaultRollout('binary'), riskRatioMax: 1 };
const none = {
  assigned: [],
  challengerRows: 0,
  challengerErrors: 0,
  challengerUnits: 0,
  challengerUnitFailures: 0,
  rollout,
};

describe('judgeLook', () => {
  test('continues without evidence and stops with it', () => {
    const even = judgeLook({ ...none, failures: [{ weight: 0.2, championFailures: 40, challengerFailures: 10 }] });
    expect(even).toMatchObject({
      verdict: 'continue',
      stoppedBy: null,
      boundary: 1 / (0.05 * alphaShares.evidence),
      championFailures: 40,
      challengerFailures: 10,
    });
    const harm = judgeLook({ ...none, failures: [{ weight: 0.2, championFailures: 10, challengerFailures: 20 }] });
    expect(harm).toMatchObject({ verdict: 'stop', stoppedBy: 'evidence' });
    const failures = '20 entities failed first with the challenger, 10 with the champion';
    expect(harm.text).toMatch(
      new RegExp(`^Stopped: ${failures}; evidence of more than 1 times the failures is .* \\(stops at 36\\.36\\)\\.$`),
    );
    expect(
      JSON.parse(
        JSON.stringify(
          judgeLook({ ...none, failures: [{ weight: 0.5, championFailures: 0, challengerFailures: 1e5 }] }),
        ),
      ),
    ).toMatchObject({ verdict: 'stop' });
  });
  test('the breaker sees harm that hits both arms, from its least number of rows', () => {
    const both = [{ weight: 0.5, championFailures: 60, challengerFailures: 60 }];
    const of = (rows: number, failures: number) =>
      judgeLook({
        ...none,
        failures: both,
        challengerRows: rows,
        challengerErrors: failures,
        challengerUnits: rows,
        challengerUnitFailures: failures,
      });
    expect(of(99, 99).verdict).toBe('continue');
    expect(of(100, 6).verdict).toBe('continue');
    expect(of(100, 20)).toMatchObject({ verdict: 'stop', stoppedBy: 'breaker' });
    expect(of(100, 20).text).toMatch(
      /^Stopped: the challenger failed on 20 % of 100 rows; evidence of more than 5 % is .* \(stops at 100\)\.$/,
    );
  });
  test('a challenger that fails as often as it may is stopped by the breaker in at most its share of rollouts', () => {
    const rollouts = 600;
    let stopped = 0;
    for (let run = 0; run < rollouts; run++) {
      const random = createRandom(`breaker ${run}`);
      let failures = 0;
      for (let units = 100; units <= 5_000; units += 100) {
        for (let unit = 0; unit < 100; unit++) if (random.next() < rollout.breaker.errorShareMax) failures++;
        const look = { challengerRows: units, challengerErrors: failures, challengerUnits: units };
        if (judgeLook({ ...none, ...look, challengerUnitFailures: failures, failures: [] }).verdict === 'stop') {
          stopped++;
          break;
        }
      }
    }
    expect(stopped / rollouts).toBeLessThanOrEqual(rollout.alpha * alphaShares.breaker);
  });
  test('entities that do not come in the shares of the weights stop it; those that do never, but for its share', () => {
    const ramp = [0.1, 0.25, 0.5];
    const wrong = ramp.map((weight) => ({ weight, champion: 1_000 * (1 - weight), challenger: 600 * weight }));
    const stopped = judgeLook({ ...none, failures: [], assigned: wrong });
    expect(stopped).toMatchObject({ verdict: 'stop', stoppedBy: 'assignment' });
    expect(stopped.text).toContain('510 of 2,660 new entities belong to the challenger, where 721 should');
    const rollouts = 400;
    let alarms = 0;
    for (let run = 0; run < rollouts; run++) {
      const random = createRandom(`assignment ${run}`);
      const assigned = ramp.map((weight) => ({ weight, champion: 0, challenger: 0 }));
      const isStopped = assigned.some((step) => {
        for (let entity = 1; entity <= 1_000; entity++) {
          if (random.next() < step.weight) step.challenger++;
          else step.champion++;
          if (entity % 100 === 0 && judgeLook({ ...none, failures: [], assigned }).verdict === 'stop') return true;
        }
        return false;
      });
      if (isStopped) alarms++;
    }
    expect(alarms / rollouts).toBeLessThanOrEqual(rollout.alpha * alphaShares.assignment);
  });
});
