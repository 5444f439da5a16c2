import { expect, test } from 'vitest';
import { completeTrainer, isSearch } from '../trainer-spec.ts';
import { saySearched } from './say-searched.ts';

test('what is searched is said with what the definition left out', () => {
  const usual = completeTrainer({ kind: 'search' });
  const own = completeTrainer({
    kind: 'search',
    families: { linear: {}, gbdt: { treesMax: 50, l2: { of: 'oneOf', values: [0, 1] } } },
    halving: { rungs: 3, factor: 3 },
    cost: { perHour: 2, max: 5 },
  });
  expect([usual, own].flatMap((trainer) => (isSearch(trainer) ? saySearched(trainer) : []))).toEqual([
    'Searches: at most 30 trials by tpe, 2 together.',
    '  gbdt: l2 0.01 to 100 by logarithm, learningRate 0.01 to 0.3 by logarithm, ' +
      'leavesMax 7 to 127 whole, by logarithm, rowsPerLeafMin 5 to 200 whole, by logarithm, treesMax 1000.',
    '  linear: l2 0.001 to 1000 by logarithm.',
    'Searches: at most 30 trials by tpe, 2 together; the best of 3 go on to 3 times the rows, 2 times;' +
      ' 5 of money at 2 an hour.',
    '  gbdt: l2 one of 0 | 1, treesMax 50.',
    '  linear: as usual.',
  ]);
});
