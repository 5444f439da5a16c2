/** How much more the shares of cells differ between stretches of a stream than those of independent rows would. */
export interface BlockSpread {
  readonly blockRows: number;
  readonly blocks: number;
  /** Cells in use. */
  readonly cells: number;
  /**
   * Sums of the first, second and third powers of the generalised design effects (Rao and Scott, Annals of Statistics
   * 12, 1984): the eigenvalues of the covariance of block shares against that of independent rows. For independent rows
   * each sum is `cells` - 1.
   */
  readonly powerSums: readonly [number, number, number];
  /** How often each stratum came anew; absent where there were none. */
  readonly turns?: number;
}

/** Blocks of the longest length that is measured, and rows of the shortest. */
const blocksMin = 20;
const blockRowsMin = 2;
const lengthsMax = 8;
/** Beyond these the rarest cells are taken together: the work grows with their square. */
const cellsMax = 33;
const digits = 6;

/** Rows that are expected to differ by nature, as those of the hours of a day. */
export interface Strata {
  /** Per row, 0 up to `count` - 1; others are rows of which nothing is expected, and are left out. */
  readonly ofRow: Int16Array;
  readonly count: number;
  /**
   * How often each stratum comes anew, at least 2: the shares that are expected of a stratum are those of these very
   * rows, which hides one part in so many of what its turns differ by.
   */
  readonly turns: number;
}

/**
 * The spread of the shares of cells between blocks of consecutive rows, for blocks of a twentieth of all rows, half of
 * that, and so on, eight lengths at most, shortest first; empty for less than 40 rows. `cellOfRow` stands in the order
 * of time. With strata, blocks are held against what their own mix of strata leads one to expect. The work is linear
 * in rows. Relative error <= 1e-5 (golden vectors).
 */
export function blockSpreads(cellOfRow: Uint16Array, cellCount: number, strata?: Strata): readonly BlockSpread[] {
  if (strata !== undefined && hasOthers(strata)) {
    const rows = Array.from(strata.ofRow.keys()).filter((row) => isIn(strata, strata.ofRow[row] ?? -1));
    return blockSpreads(
      Uint16Array.from(rows, (row) => cellOfRow[row] ?? 0),
      cellCount,
      { ...strata, ofRow: Int16Array.from(rows, (row) => strata.ofRow[row] ?? 0) },
    );
  }
  const longest = Math.floor(cellOfRow.length / blocksMin);
  if (longest < blockRowsMin) return [];
  const halvings = Math.min(lengthsMax - 1, Math.floor(Math.log2(longest / blockRowsMin)));
  let blockRows = Math.floor(longest / 2 ** halvings);
  const places = densePlaces(cellOfRow, cellCount);
  let counts = countBlocks(cellOfRow, places, blockRows);
  let expected = strata === undefined ? null : expectedOf(cellOfRow, places, blockRows, strata);
  const spreads: BlockSpread[] = [];
  for (let length = 0; length <= halvings; length++) {
    const turns = strata?.turns ?? Number.POSITIVE_INFINITY;
    spreads.push(spreadOf(counts, expected, turns, places.cells, blockRows));
    counts = joinPairs(counts, places.cells);
    if (expected !== null) expected = joinPairs(expected, places.cells);
    blockRows *= 2;
  }
  return spreads;
}

interface Places {
  readonly cells: number;
  readonly of: Uint16Array;
}

/** Cells that hold rows, without gaps; the rarest beyond `cellsMax` share the last place. */
function densePlaces(cellOfRow: Uint16Array, cellCount: number): Places {
  const totals = new Float64Array(cellCount);
  for (const cell of cellOfRow) totals[cell] = (totals[cell] ?? 0) + 1;
  const used = Array.from(totals.keys())
    .filter((cell) => (totals[cell] ?? 0) > 0)
    .sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0));
  const of = new Uint16Array(cellCount);
  used.forEach((cell, place) => (of[cell] = Math.min(place, cellsMax - 1)));
  return { cells: Math.min(used.length, cellsMax), of };
}

/** Counts by block and place; rows after the last whole block are left out. */
function countBlocks(cellOfRow: Uint16Array, { cells, of }: Places, blockRows: number): Float64Array {
  const blocks = Math.floor(cellOfRow.length / blockRows);
  const counts = new Float64Array(blocks * cells);
  for (let block = 0, row = 0; block < blocks; block++)
    for (const end = row + blockRows; row < end; row++) {
      const at = block * cells + (of[cellOfRow[row] ?? 0] ?? 0);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  return counts;
}

function hasOthers(strata: Strata): boolean {
  for (const stratum of strata.ofRow) if (!isIn(strata, stratum)) return true;
  return false;
}

function isIn({ count }: Strata, stratum: number): boolean {
  return stratum >= 0 && stratum < count;
}

/** What each block would hold if each of its rows were a draw from its stratum. */
function expectedOf(
  cellOfRow: Uint16Array,
  { cells, of }: Places,
  blockRows: number,
  { ofRow, count }: Strata,
): Float64Array {
  const shares = new Float64Array(count * cells);
  const rows = new Float64Array(count);
  for (let row = 0; row < ofRow.length; row++) {
    const stratum = ofRow[row] ?? 0;
    const at = stratum * cells + (of[cellOfRow[row] ?? 0] ?? 0);
    shares[at] = (shares[at] ?? 0) + 1;
    rows[stratum] = (rows[stratum] ?? 0) + 1;
  }
  const blocks = Math.floor(cellOfRow.length / blockRows);
  const expected = new Float64Array(blocks * cells);
  const mix = new Float64Array(count);
  for (let block = 0; block < blocks; block++) {
    mix.fill(0);
    for (let row = block * blockRows; row < (block + 1) * blockRows; row++) {
      const stratum = ofRow[row] ?? 0;
      mix[stratum] = (mix[stratum] ?? 0) + 1;
    }
    for (let stratum = 0; stratum < count; stratum++) {
      const weight = (mix[stratum] ?? 0) / (rows[stratum] || 1);
      if (weight === 0) continue;
      for (let cell = 0; cell < cells; cell++) {
        const at = block * cells + cell;
        expected[at] = (expected[at] ?? 0) + weight * (shares[stratum * cells + cell] ?? 0);
      }
    }
  }
  return expected;
}

function joinPairs(counts: Float64Array, cells: number): Float64Array {
  const pairs = Math.floor(counts.length / cells / 2);
  const joined = new Float64Array(pairs * cells);
  for (let pair = 0; pair < pairs; pair++)
    for (let cell = 0; cell < cells; cell++)
      joined[pair * cells + cell] =
        (counts[2 * pair * cells + cell] ?? 0) + (counts[(2 * pair + 1) * cells + cell] ?? 0);
  return joined;
}

function spreadOf(
  counts: Float64Array,
  expected: Float64Array | null,
  turns: number,
  cells: number,
  blockRows: number,
): BlockSpread {
  const blocks = counts.length / cells;
  const hidden = Number.isFinite(turns) ? turns / (turns - 1) : 1;
  const covariance = standardCovariance(counts, expected, cells, hidden);
  let [first, second, third] = [0, 0, 0];
  for (let i = 0; i < cells; i++) {
    first += covariance[i * cells + i] ?? 0;
    for (let j = 0; j < cells; j++) {
      const entry = covariance[i * cells + j] ?? 0;
      second += entry * entry;
      let product = 0;
      for (let k = 0; k < cells; k++) product += (covariance[i * cells + k] ?? 0) * (covariance[k * cells + j] ?? 0);
      third += product * entry;
    }
  }
  const sums = unbiased([first, second, third], blocks - 1, cells - 1);
  // Digits beyond what is known would only make the profile longer.
  const [one, two, three] = sums.map((sum) => Number(sum.toPrecision(digits)));
  const spread = { blockRows, blocks, cells, powerSums: [one ?? 0, two ?? 0, three ?? 0] } as const;
  return Number.isFinite(turns) ? { ...spread, turns } : spread;
}

/** Covariance of (count - expected) / root of the mean count over blocks; without strata the mean count is expected. */
function standardCovariance(
  counts: Float64Array,
  expected: Float64Array | null,
  cells: number,
  times: number,
): Float64Array {
  const blocks = counts.length / cells;
  const gaps = standardGaps(counts, expected, cells);
  const covariance = new Float64Array(cells * cells);
  // Most of what a profile costs is these products. Two sums at once do not wait for each other, and each stays in a
  // register: a covariance that is added to block by block takes twice as long.
  for (let i = 0; i < cells; i++)
    for (let j = 0; j <= i; j += 2) {
      const k = Math.min(j + 1, i);
      let [ofJ, ofK] = [0, 0];
      for (let block = 0, a = i * blocks, b = j * blocks, c = k * blocks; block < blocks; block++, a++, b++, c++) {
        const gap = times * (gaps[a] ?? 0);
        ofJ += (gap * (gaps[b] ?? 0)) / (blocks - 1);
        ofK += (gap * (gaps[c] ?? 0)) / (blocks - 1);
      }
      covariance[i * cells + j] = covariance[j * cells + i] = ofJ;
      covariance[i * cells + k] = covariance[k * cells + i] = ofK;
    }
  return covariance;
}

/** By cell, and within a cell by block; nothing where a cell is empty. */
function standardGaps(counts: Float64Array, expected: Float64Array | null, cells: number): Float64Array {
  const blocks = counts.length / cells;
  const means = new Float64Array(cells);
  for (let block = 0, at = 0; block < blocks; block++)
    for (let cell = 0; cell < cells; cell++, at++) means[cell] = (means[cell] ?? 0) + (counts[at] ?? 0) / blocks;
  const gaps = new Float64Array(counts.length);
  for (let cell = 0, to = 0; cell < cells; cell++) {
    const mean = means[cell] ?? 0;
    const root = Math.sqrt(mean);
    for (let block = 0, at = cell; block < blocks; block++, at += cells, to++)
      gaps[to] = mean === 0 ? 0 : ((counts[at] ?? 0) - (expected?.[at] ?? mean)) / root;
  }
  return gaps;
}

/**
 * The traces of powers of a sample covariance are too large; these are without bias for normal shares (Srivastava, J.
 * Japan Statist. Soc. 35, 2005; Srivastava and Yanagihara, J. Multivariate Analysis 101, 2010), kept to what power sums
 * of `most` numbers can be.
 */
function unbiased(
  [first, second, third]: readonly [number, number, number],
  n: number,
  most: number,
): readonly [number, number, number] {
  if (first === 0) return [0, 0, 0];
  const square = ((n * n) / ((n - 1) * (n + 2))) * (second - (first * first) / n);
  const cube =
    (n ** 4 / ((n - 1) * (n - 2) * (n + 2) * (n + 4))) *
    (third - (3 * second * first) / n + (2 * first ** 3) / (n * n));
  const squares = Math.min(first * first, Math.max(square, (first * first) / most));
  const cubes = Math.min(squares ** 1.5, Math.max(cube, (squares * squares) / first));
  return [first, squares, cubes];
}
