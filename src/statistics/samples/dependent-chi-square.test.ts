import { describe, expect, test } from 'vitest';
import { studentTSf } from '../distributions/beta.ts';
import { blockSpreads } from './block-spread.ts';
import { dependentChiSquare } from './dependent-chi-square.ts';
import { chiSquareSf } from '../distributions/gamma.ts';
import { createRandom } from '../numeric/random.ts';

/** Rows of equally likely cells that come in runs. */
function rowsInRuns(rows: number, cells: number, runRows: number, seed: string): Uint16Array {
  const random = createRandom(seed);
  let cell = 0;
  return Uint16Array.from({ length: rows }, (_, row) => (row % runRows === 0 ? (cell = random.integer(cells)) : cell));
}

describe('how blocks of rows spread', () => {
  test('independent rows show the number of directions, runs as many times as they are long', () => {
    const spread = (runRows: number) =>
      blockSpreads(rowsInRuns(12_000, 11, runRows, 'spread'), 11).find(({ blockRows }) => blockRows === 256);
    const [independent, runs] = [spread(1), spread(20)];
    for (const sum of independent?.powerSums ?? [0]) expect(sum).toBeCloseTo(10, -1);
    expect(runs?.powerSums[0]).toBeGreaterThan(160);
    expect(runs?.powerSums[0]).toBeLessThan(240);
  });
  test('lengths double, from twenty blocks down; too few rows show nothing, cells without rows do not count', () => {
    const lengths = blockSpreads(rowsInRuns(1_000, 4, 1, 'lengths'), 7);
    expect(lengths.map(({ blockRows }) => blockRows)).toEqual([3, 6, 12, 24, 48]);
    expect(lengths.map(({ blocks }) => blocks)).toEqual([333, 166, 83, 41, 20]);
    expect(new Set(lengths.map(({ cells }) => cells))).toEqual(new Set([4]));
    expect(blockSpreads(new Uint16Array(39), 2)).toEqual([]);
  });
});

describe('a chi-square of rows that are not independent', () => {
  const spread = (blockRows: number, blocks: number, excess: number) => ({
    blockRows,
    blocks,
    cells: 2,
    powerSums: [1 + excess, (1 + excess) ** 2, (1 + excess) ** 3] as const,
  });
  test('without a measure of memory it is that of independent rows', () => {
    expect(dependentChiSquare(20, 5, 500, []).pValue).toBe(chiSquareSf(20, 5));
    expect(dependentChiSquare(0, 0, 500, [spread(10, 100, 3)]).pValue).toBe(1);
  });
  test('a single direction whose memory has ended is a t test over the spread of blocks', () => {
    const effect = 20 + Math.sqrt(2 / 199);
    const found = dependentChiSquare(9 * effect, 1, 500, [spread(500, 200, 19), spread(1_000, 100, 19)]);
    expect(found.pValue).toBeCloseTo(2 * studentTSf(3, 199), 3);
    expect(found.designEffect).toBeCloseTo(effect, 6);
  });
  test('memory that grows with the blocks is continued to the size of the window', () => {
    const grown = dependentChiSquare(9, 1, 800, [spread(100, 80, 10), spread(200, 40, 20)]);
    expect(grown.designEffect).toBeGreaterThan(75);
    const ended = dependentChiSquare(
      9,
      1,
      800,
      [100, 200, 400].map((rows) => spread(rows, 8_000 / rows, 10)),
    );
    expect(ended.designEffect).toBeLessThan(12);
  });
});
