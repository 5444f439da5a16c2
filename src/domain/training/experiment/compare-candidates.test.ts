import { describe, expect, test } from 'vitest';
import { asLosses, equalWorlds, playExperiment } from '../../../../tests/worlds/experiment-world.ts';
import { shareLower } from '../../../statistics/distributions/clopper-pearson.ts';
import { compareCandidates, type CandidateValues } from './compare-candidates.ts';

const draws = 100;

function named(name: string, values: readonly number[]): CandidateValues {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  return { name, values: { values: Float64Array.from(values), lowest, highest, swing: 'seen', lean: 0 } };
}

describe('of equal candidates', () => {
  test.each(equalWorlds)('none is said to be worse more often than 5 % of experiments: $name', (world) => {
    const wrong = Array.from({ length: draws }, (_, run) =>
      playExperiment(world, { candidates: 4, rows: 400, seed: `test ${run}` }).standings.some(
        ({ standing }) => standing === 'worse',
      ),
    ).filter(Boolean).length;
    // Fails where so many are further from 5 % than luck explains in one of 200 cases.
    expect(wrong === 0 ? 0 : shareLower(wrong, draws, 0.005)).toBeLessThanOrEqual(0.05);
  });

  test('what is the same row for row is not told apart, and the first one named comes first', () => {
    const losses = Array.from({ length: 100 }, (_, row) => (row % 7) / 7);
    const standings = compareCandidates([named('b', losses), named('a', losses)], -1);
    expect(standings.map(({ name, standing }) => [name, standing])).toEqual([
      ['b', 'best'],
      ['a', 'undecided'],
    ]);
    expect(standings[1]?.difference?.estimate).toBe(0);
  });
});

test('one that is worse is proven to be, and the others are not', () => {
  const { standings } = playExperiment(asLosses, { candidates: 4, rows: 1_000, harm: 0.4, seed: 'harmed' });
  expect(standings.at(-1)).toMatchObject({ name: 'c4', standing: 'worse' });
  expect(standings.at(-1)?.difference?.upper).toBeLessThan(0);
  expect(standings.filter(({ standing }) => standing === 'worse')).toHaveLength(1);
});

test('a metric of which more is better is ranked the other way round', () => {
  const values = Array.from({ length: 400 }, (_, row) => (row % 10 < 7 ? 1 : 0));
  const fewer = Array.from({ length: 400 }, (_, row) => (row % 10 < 2 ? 1 : 0));
  expect(compareCandidates([named('low', fewer), named('high', values)], 1)[0]?.name).toBe('high');
  expect(compareCandidates([named('low', fewer), named('high', values)], -1)[0]?.name).toBe('low');
});

test('one alone is the best; of none nothing is said', () => {
  expect(compareCandidates([named('only', [1, 2, 3])], -1)).toEqual([
    { name: 'only', standing: 'best', difference: null },
  ]);
  expect(compareCandidates([], -1)).toEqual([]);
});
