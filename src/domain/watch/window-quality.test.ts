import { expect, test } from 'vitest';
import { sayUnmeasured } from './window-quality.ts';

const windows = [
  { number: 7, lastSeq: 700 },
  { number: 8, lastSeq: 800 },
  { number: 9, lastSeq: 900 },
];

test('says from which window on quality waits for labels, and until which row', () => {
  const cut = { throughSeq: 750, delayRows: 150, text: 'Rows through 750 are mature: …' };
  expect(sayUnmeasured(windows, cut)).toBe(
    'Not yet measured from window 8 on. Its rows are mature when the traffic has come to row 950.',
  );
  const young = { throughSeq: 0, delayRows: null, text: 'No row is mature yet: no label has come.' };
  expect(sayUnmeasured(windows, young)).toBe(
    'Not yet measured from window 7 on. No row is mature yet: no label has come.',
  );
  expect(sayUnmeasured(windows, { ...cut, throughSeq: 900 })).toBeNull();
});
