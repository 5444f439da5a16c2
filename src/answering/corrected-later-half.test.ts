import { expect, test } from 'vitest';
import { logit, sigmoid } from '../domain/tasks/binary/log-odds.ts';
import { createRandom } from '../statistics/numeric/random.ts';
import { correctedLaterHalf, type PairedScores } from './corrected-later-half.ts';

/** The champion sees the truth two logits too high, the challenger as it is. */
function rowsOf(count: number): PairedScores {
  const random = createRandom('halves');
  const truth = Array.from({ length: count }, () => sigmoid(1.5 * random.normal() - 2));
  const labels = truth.map((p) => (random.next() < p ? 1 : 0));
  const champion = truth.map((p) => [1 - sigmoid(logit(p) + 2), sigmoid(logit(p) + 2)]);
  return { task: 'binary', labels, champion, challenger: truth.map((p) => [1 - p, p]) };
}

test('the later half is corrected by the earlier half alone', () => {
  const rows = rowsOf(400);
  const flipped = { ...rows, labels: rows.labels.map((label, row) => (row < 200 ? label : 1 - label)) };
  const later = correctedLaterHalf(rows, 500);
  expect(later).toEqual(correctedLaterHalf(flipped, 500));
  expect([later.from, later.champion.length, later.challenger.length]).toEqual([200, 200, 200]);
});

test('each model is corrected by its own rows: a level that moved is held against neither', () => {
  const rows = rowsOf(4_000);
  const { from, champion, challenger } = correctedLaterHalf(rows, 5_000);
  const gapOf = (ours: PairedScores['champion'], theirs: PairedScores['champion']): number =>
    ours.reduce((sum, scores, row) => sum + Math.abs((scores[1] ?? 0) - (theirs[row]?.[1] ?? 0)), 0) / ours.length;
  expect(gapOf(champion, challenger)).toBeLessThan(gapOf(rows.champion, rows.challenger.slice(from)) / 4);
});
