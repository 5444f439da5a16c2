import { expect, test } from 'vitest';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { explainedShare, holdOut } from './score.ts';

const rows = 600;
const random = createRandom('explained share');
const cells = { of: Uint16Array.from({ length: rows }, () => random.integer(8)), count: 9 };

/** By its definition: one column of zeros and ones for each class, each scored by its own means. */
function brierShare(labels: ArrayLike<number>, classCount: number): number {
  const { learnt, held } = holdOut(rows);
  let [all, left] = [0, 0];
  for (let one = 0; one < classCount; one++) {
    const truth = (row: number): number => (labels[row] === one ? 1 : 0);
    const prior = learnt.reduce((sum, row) => sum + truth(row), 0) / learnt.length;
    for (const row of held) {
      const alike = learnt.filter((other) => cells.of[other] === cells.of[row]);
      const mean = (2 * prior + alike.reduce((sum, other) => sum + truth(other), 0)) / (2 + alike.length);
      all += (truth(row) - prior) ** 2;
      left += (truth(row) - mean) ** 2;
    }
  }
  return 1 - left / all;
}

test.each([2, 5])('the share of the Brier score of %i classes is that of its definition', (classCount) => {
  const labels = Float64Array.from(cells.of, (cell) => (random.next() < 0.6 ? cell : random.integer(8)) % classCount);
  const share = explainedShare(cells, { labels, classCount }, holdOut(rows));
  expect(share).toBeCloseTo(brierShare(labels, classCount), 12);
  expect(share).toBeGreaterThan(0.1);
});

test('a target of one class has no share', () => {
  const labels = new Float64Array(rows).fill(1);
  expect(explainedShare(cells, { labels, classCount: 3 }, holdOut(rows))).toBeNull();
});
