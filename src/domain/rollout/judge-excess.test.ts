import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { defaultRollout } from '../spec/default-spec.ts';
import type { RolloutSpec } from '../spec/spec.ts';
import { alphaShares, boundaryOf } from './alpha-shares.ts';
import { judgeLook } from './judge-look.ts';

const plan = (max?: number): RolloutSpec => ({
  ...defaultRollout('binary'),
  canary: [{ percent: 50, extent: { rows: 500 } }],
  ...(max === undefined ? {} : { excessFailuresMax: max }),
});
const none = { assigned: [], challengerRows: 0, challengerErrors: 0, challengerUnits: 0, challengerUnitFailures: 0 };
const half = (championFailures: number, challengerFailures: number) => [
  { weight: 0.5, championFailures, challengerFailures },
];
const look = (failures: ReturnType<typeof half>, max?: number) => judgeLook({ ...none, failures, rollout: plan(max) });

describe('a limit of failures beyond the champion’s', () => {
  test('stops by a reason of its own what the accepted ratio lets pass, when so many are proven', () => {
    const failures = half(4_000, 4_900);
    expect(look(failures)).toMatchObject({ verdict: 'continue', excess: null });
    const stopped = look(failures, 500);
    expect(stopped).toMatchObject({ verdict: 'stop', stoppedBy: 'excess', excess: { estimate: 900, max: 500 } });
    expect(stopped.text).toMatch(
      /^Stopped: about 900 more entities failed than with the champion, \d{3} of them proven; 500 are allowed\.$/,
    );
    // As it looks it has cost more, but that is not proven.
    expect(look(failures, 800)).toMatchObject({ verdict: 'continue', stoppedBy: null });
    expect(look(half(4_000, 4_000), 1)).toMatchObject({ verdict: 'continue', excess: { estimate: 0, proven: 0 } });
    expect(JSON.parse(JSON.stringify(look(half(9, 0), 1)))).toMatchObject({ excess: { proven: 0 } });
  });

  test('what is proven is what stops it', () => {
    for (const challenger of [4_500, 4_700, 4_900]) {
      const { excess } = look(half(4_000, challenger), 1);
      const proven = excess?.proven ?? 0;
      expect(proven).toBeGreaterThan(100);
      expect(look(half(4_000, challenger), Math.floor(proven)).verdict).toBe('stop');
      expect(look(half(4_000, challenger), Math.ceil(proven) + 1).verdict).toBe('continue');
    }
  });

  test('it takes its share of alpha from the evidence, and all shares together are alpha', () => {
    expect(boundaryOf(plan(5), 'excess')).toBeCloseTo(1 / (0.05 * alphaShares.excess));
    expect(1 / boundaryOf(plan(5), 'evidence') + 1 / boundaryOf(plan(5), 'excess')).toBeCloseTo(
      1 / boundaryOf(plan(), 'evidence'),
    );
    const { evidence, breaker, assignment, quality } = alphaShares;
    expect(evidence + breaker + assignment + 2 * quality).toBeCloseTo(1);
  });

  // None on 6 other seeds; the estimate reaches it in 77 to 103.
  test('versions that fail alike are not stopped by it beyond its share, where the estimate would stop many', () => {
    const rollouts = 300;
    let [stopped, pointed] = [0, 0];
    for (let run = 0; run < rollouts; run++) {
      const random = createRandom(`alike ${run}`);
      let [champion, challenger] = [0, 0];
      let [isStopped, isPointed] = [false, false];
      for (let failure = 1; failure <= 1_000; failure++) {
        if (random.next() < 0.5) challenger++;
        else champion++;
        if (failure % 50 !== 0) continue;
        const { stoppedBy, excess } = look(half(champion, challenger), 30);
        isStopped ||= stoppedBy === 'excess';
        isPointed ||= (excess?.estimate ?? 0) >= 30;
      }
      if (isStopped) stopped++;
      if (isPointed) pointed++;
    }
    expect(stopped).toBeLessThanOrEqual(5);
    expect(pointed).toBeGreaterThan(60);
  });
});
