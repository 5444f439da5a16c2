import { describe, expect, test } from 'vitest';
import { studentTSf } from '../distributions/beta.ts';
import { blockSpreads, type Strata } from './block-spread.ts';
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
  // A reference lives for years and is held against windows: the same rows have to say the same to the last digit,
  // whichever way the products are summed. Recorded when they were added block by block.
  test('the same rows spread by the same digits: independent, in runs beyond the most cells, and by strata', () => {
    const season = { ofRow: Int16Array.from({ length: 3_000 }, (_, row) => Math.floor(row / 25) % 24), count: 24 };
    const sums = (...[runRows, cells, strata]: readonly [number, number, Strata?]) =>
      blockSpreads(rowsInRuns(3_000, cells, runRows, 'same'), cells, strata).map(({ powerSums }) =>
        powerSums.join(' '),
      );
    expect(sums(1, 21)).toEqual([
      '20.1994 20.4008 20.6043',
      '19.7991 19.6002 19.4033',
      '19.6689 19.3434 19.0232',
      '19.6074 19.2225 18.8451',
      '19.4795 18.9726 18.4788',
      '20.2585 20.5203 20.7855',
      '20.7689 21.5674 22.3965',
    ]);
    expect(sums(7, 40)).toEqual([
      '59.4157 110.32 204.835',
      '105.402 347.176 1143.53',
      '159.187 791.887 3939.31',
      '188.435 1109.62 6534.07',
      '201.171 1264.69 7950.59',
      '213.494 1424.36 9502.89',
      '212.39 1409.68 9356.29',
    ]);
    expect(sums(3, 6, { ...season, turns: 5 })).toEqual([
      '10.2291 20.9268 42.8125',
      '14.2948 40.8684 116.841',
      '15.3422 47.0766 144.452',
      '16.1106 51.9103 167.261',
      '16.1308 52.0406 167.892',
      '16.3999 53.7915 176.435',
      '18.2666 66.7339 243.801',
    ]);
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
