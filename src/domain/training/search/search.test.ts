import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { defaultTrainers, type SearchSpec } from '../../spec/trainer-spec.ts';
import { chooseTrial } from './choose-trial.ts';
import { nextTrials } from './next-trials.ts';
import type { TrialAsk, TrialDone } from './trial.ts';

const space: SearchSpec = {
  ...defaultTrainers.search,
  families: {
    gbdt: {
      learningRate: { of: 'logUniform', low: 0.001, high: 1 },
      leavesMax: { of: 'logInteger', low: 2, high: 256 },
    },
    linear: { l2: { of: 'logUniform', low: 0.001, high: 1_000 } },
  },
};

/** A hill in the logarithms of two settings; the linear family is never best. */
function hill({ settings, share }: TrialAsk): number {
  if (settings.kind !== 'gbdt') return 2 + 0.1 * Math.log10(settings.kind === 'linear' ? settings.l2 : 1);
  const rate = Math.log10(settings.learningRate) - Math.log10(0.05);
  const leaves = Math.log2(settings.leavesMax) - 5;
  return rate ** 2 + (leaves / 2) ** 2 + 0.01 / share;
}

function doneOf(ask: TrialAsk, loss: number | null): TrialDone {
  const { number, rung, share, point, settings } = ask;
  const fit = loss === null ? null : { loss, trees: 1, rows: 1_000 * share, computeMs: 1_000 * share };
  return { number, rung, share, point, settings, fit, reason: loss === null ? 'failed' : null };
}

/** A whole search; `shuffled` finishes the trials of a batch in another order. */
function play(search: SearchSpec, lossOf: (ask: TrialAsk) => number | null = hill, shuffled = false): TrialDone[] {
  const random = createRandom('order');
  const done: TrialDone[] = [];
  for (let round = 0; round < 10_000; round++) {
    const asked = nextTrials(search, done);
    if (asked.length === 0) return done;
    const batch = asked.map((ask) => doneOf(ask, lossOf(ask)));
    if (shuffled) batch.sort(() => random.next() - 0.5);
    done.push(...batch);
  }
  throw new Error('a search without an end');
}

const key = ({ number, rung, settings }: TrialDone) => JSON.stringify([number, rung, settings]);

describe('a search', () => {
  it.each(['random', 'tpe'] as const)('by %s is the same in whatever order its trials end', (sampler) => {
    const search = { ...space, sampler, trialsMax: 24, parallel: 4 };
    expect(play(search, hill, true).map(key).toSorted()).toEqual(play(search).map(key).toSorted());
    expect(play({ ...search, seed: 2 }).map(key)).not.toEqual(play(search).map(key));
  });

  it('goes on from any prefix of what is done as if it had never ended', () => {
    const search = { ...space, trialsMax: 15, parallel: 3, halving: { rungs: 3, factor: 2 } };
    const whole = play(search);
    for (let cut = 0; cut <= whole.length; cut++) {
      const done = whole.slice(0, cut);
      for (let asked = nextTrials(search, done); asked.length > 0; asked = nextTrials(search, done))
        done.push(...asked.map((ask) => doneOf(ask, hill(ask))));
      expect(done.map(key).toSorted()).toEqual(whole.map(key).toSorted());
    }
  });

  it('tries as many points as it may, and never more than `parallel` at once', () => {
    for (const parallel of [1, 2, 7, 16]) {
      const search = { ...space, trialsMax: 20, parallel };
      expect(nextTrials(search, []).length).toBe(parallel);
      expect(play(search).map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    }
  });

  it('halves over rows: a third of the points see three times the rows, and one of nine all', () => {
    const done = play({ ...space, sampler: 'random', trialsMax: 18, halving: { rungs: 3, factor: 3 } });
    const at = (rung: number) => done.filter((each) => each.rung === rung);
    expect([at(0).length, at(1).length, at(2).length]).toEqual([18, 6, 2]);
    expect([at(0)[0]?.share, at(1)[0]?.share, at(2)[0]?.share]).toEqual([1 / 9, 1 / 3, 1]);
    // The last one is the best of its bracket.
    const bracket = at(0).filter(({ number }) => number <= 9);
    const best = bracket.toSorted((a, b) => (a.fit?.loss ?? 0) - (b.fit?.loss ?? 0))[0];
    expect(at(2)[0]?.number).toBe(best?.number);
  });

  it('goes on without what failed, and says so; where all failed, nothing is chosen', () => {
    const search = { ...space, trialsMax: 12, halving: { rungs: 2, factor: 3 } };
    const done = play(search, (ask) => (ask.number % 2 === 0 ? null : hill(ask)));
    const chosen = chooseTrial(search, done);
    expect(chosen).toMatchObject({ trials: 12, failed: 6, ended: 'trials' });
    expect((chosen?.chosen ?? 0) % 2).toBe(1);
    expect(
      chooseTrial(
        search,
        play(search, () => null),
      ),
    ).toBeNull();
    expect(
      chooseTrial(
        search,
        play(search, () => Number.NaN),
      ),
    ).toBeNull();
  });

  it('ends with the processor time or the money of its trials', () => {
    const byTime = { ...space, computeMsMax: 5_000 };
    expect(play(byTime).length).toBe(6);
    expect(chooseTrial(byTime, play(byTime))?.ended).toBe('compute');
    // A trial of a second at 3,600 an hour costs one.
    const byCost = { ...space, parallel: 1, cost: { perHour: 3_600, max: 4 } };
    expect(play(byCost).length).toBe(4);
    expect(chooseTrial(byCost, play(byCost))?.ended).toBe('cost');
  });

  it('tries all of a grid once', () => {
    const search: SearchSpec = {
      ...space,
      sampler: 'grid',
      families: {
        gbdt: { leavesMax: { of: 'oneOf', values: [7, 31] }, l2: { of: 'oneOf', values: [0, 1, 10] } },
        linear: { l2: { of: 'oneOf', values: [1, 2] } },
      },
    };
    const done = play(search);
    expect(new Set(done.map(({ point }) => JSON.stringify(point))).size).toBe(8);
    expect(chooseTrial(search, done)).toMatchObject({ trials: 8, ended: 'grid' });
  });

  it('draws whole numbers and both ends of a range', () => {
    const search: SearchSpec = {
      ...space,
      sampler: 'random',
      trialsMax: 500,
      families: { gbdt: { leavesMax: { of: 'integer', low: 2, high: 5 } } },
    };
    const drawn = play(search).map(({ settings }) => (settings.kind === 'gbdt' ? settings.leavesMax : 0));
    expect(new Set(drawn)).toEqual(new Set([2, 3, 4, 5]));
  });

  it('finds more by what it learns than by chance, with as many trials', () => {
    const lossBy = (sampler: 'random' | 'tpe') =>
      Array.from({ length: 30 }, (_, at) => {
        const search = { ...space, sampler, trialsMax: 30, seed: at };
        return chooseTrial(search, play(search))?.loss ?? Infinity;
      });
    const mean = (losses: readonly number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean(lossBy('tpe'))).toBeLessThan(mean(lossBy('random')));
  });
});
