import { expect, test } from 'vitest';
import { saySelection, selectionFacts } from './say-selection.ts';

test('each finding of a training is one sentence', () => {
  const clocks = { suspected: ['No', 'year'], withheld: ['No'], lossWith: 109.198, lossWithout: 107.712 };
  expect(saySelection({ clocks })).toEqual([
    'The model does not read No, which may only tell how late a row is ' +
      '(loss on the validation rows 107.7 without, 109.2 with).',
  ]);
  expect(saySelection({ clocks: { ...clocks, withheld: [] } })).toEqual([
    'The model reads No, year, which may only tell how late a row is ' +
      '(loss on the validation rows 107.7 without, 109.2 with).',
  ]);
  expect(saySelection({ halfLife: 0.1, newestRows: 100 })).toEqual([
    'Rows 10 % of the history older count half.',
    'The newest 100 validation rows chose the fit: without the older ones no fit was better than the prior.',
  ]);
  expect(saySelection({ isPrior: true })).toEqual(['No fit was better than the prior on the validation rows.']);
});

test('a version of which nothing was to be chosen has no such fact', () => {
  expect(selectionFacts(undefined)).toEqual([]);
  expect(selectionFacts({ isPrior: true })).toEqual([
    { name: 'How it was chosen', text: 'No fit was better than the prior on the validation rows.' },
  ]);
});
