import { expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { fullPieceRows, groupPieces } from './traffic-pieces.ts';

const piece = (rows: number, orderMax = 1) => ({ rows, orderMax });
const rowsOf = (groups: readonly (readonly { readonly rows: number }[])[]) =>
  groups.map((group) => group.reduce((sum, { rows }) => sum + rows, 0));

test('a piece takes in those before it that are not more than twice as large, and none that is full', () => {
  expect(rowsOf(groupPieces([piece(100), piece(40), piece(10)], 0))).toEqual([100, 40, 10]);
  expect(rowsOf(groupPieces([piece(100), piece(40), piece(30)], 0))).toEqual([170]);
  expect(rowsOf(groupPieces([piece(fullPieceRows), piece(fullPieceRows)], 0))).toEqual([fullPieceRows, fullPieceRows]);
});

test('pieces whose rows have all reached their end are left out', () => {
  expect(rowsOf(groupPieces([piece(100, 9), piece(40, 30)], 10))).toEqual([40]);
});

test.each([1, 100, 5_000, 700_000])(
  'pieces stay few and a row is seldom written anew: about %d rows a time',
  (size) => {
    const random = createRandom(size);
    let pieces: readonly { readonly rows: number; readonly orderMax: number }[] = [];
    let [rows, written] = [0, 0];
    for (let training = 0; training < 3_000; training++) {
      const given = 1 + random.integer(2 * size);
      rows += given;
      const news: ReturnType<typeof piece>[] = [];
      for (let left = given; left > 0; left -= fullPieceRows) news.push(piece(Math.min(left, fullPieceRows)));
      pieces = groupPieces([...pieces, ...news], 0).map((group) => {
        const sum = group.reduce((all, one) => all + one.rows, 0);
        if (group.length > 1 || news.some((one) => one === group[0])) written += sum;
        return piece(sum);
      });
      expect(pieces.length).toBeLessThanOrEqual(rows / fullPieceRows + 20);
      expect(Math.max(...pieces.map((one) => one.rows))).toBeLessThan(4 * fullPieceRows);
    }
    expect(written / rows).toBeLessThan(20);
  },
);
