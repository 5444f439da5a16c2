/**
 * What losses go with which answers and features, as cells of the reference profile: a small model of the losses of
 * rows that the model was not fitted on.
 */
export interface ExpectedLosses {
  /** Rows that they were fitted on. */
  readonly rows: number;
  /** Of the distance between answer and truth, and of its square. */
  readonly absolute: LossOfCells;
  readonly squared: LossOfCells;
}

export interface LossOfCells {
  readonly mean: number;
  /** What the cell of a row adds to the mean, column by column. */
  readonly terms: readonly LossTerm[];
}

export interface LossTerm {
  /** Place among the features of the profile; null is the answer. */
  readonly feature: number | null;
  /** In cell order. */
  readonly effects: readonly number[];
}

/** Rows by their cells, column after column: the features of a profile, then the answer. */
export type CellColumns = readonly Uint16Array[];

/** Of fewer rows nothing is said: a loss with heavy tails would be all luck. */
export const lossRowsMin = 200;
/** A cell counts for itself as far as it has more rows than these. */
const steadyRows = 20;
const termsMax = 8;
const roundsMax = 24;
const stepShare = 0.5;

/**
 * Fits what each loss goes with, column by column: each round the column whose cells explain most of what is left takes
 * half of it, with cells of few rows drawn to the mean, until no column explains more than its cells do by chance
 * (Mallows' criterion). At most 8 columns, so that it stays some kilobytes. Direct loss estimation as NannyML has it,
 * with cells in place of boosted trees. Null for fewer than 200 rows. Work: rows by columns, and 24 times rows by 8.
 */
export function fitExpectedLosses(cells: CellColumns, absolute: Float64Array): ExpectedLosses | null {
  const rows = absolute.length;
  if (rows < lossRowsMin || !absolute.every(Number.isFinite)) return null;
  const squared = absolute.map((loss) => loss * loss);
  return { rows, absolute: fitCells(cells, absolute), squared: fitCells(cells, squared) };
}

function fitCells(cells: CellColumns, losses: Float64Array): LossOfCells {
  const rows = losses.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / rows;
  const left = losses.map((loss) => loss - mean);
  const used = new Map<number, Float64Array>();
  let columns = Array.from(cells.keys());
  for (let round = 0; round < roundsMax; round++) {
    const variance = left.reduce((sum, gap) => sum + gap * gap, 0) / rows;
    const gains = columns
      .map((column) => ({ column, ...gainOf(cells[column] ?? new Uint16Array(), left, variance) }))
      .toSorted((a, b) => b.gain - a.gain || a.column - b.column);
    // What explains little by itself is not looked at again.
    if (round === 0) columns = gains.slice(0, termsMax).map(({ column }) => column);
    const [best] = gains;
    if (best === undefined || best.gain <= 0) break;
    const effects = used.get(best.column) ?? new Float64Array(best.effects.length);
    used.set(best.column, effects);
    const ofRow = cells[best.column] ?? new Uint16Array();
    best.effects.forEach((effect, cell) => (effects[cell] = (effects[cell] ?? 0) + stepShare * effect));
    for (let row = 0; row < rows; row++)
      left[row] = (left[row] ?? 0) - stepShare * (best.effects[ofRow[row] ?? 0] ?? 0);
  }
  const terms = [...used].toSorted(([a], [b]) => a - b);
  return {
    mean,
    terms: terms.map(([column, effects]) => ({
      feature: column === cells.length - 1 ? null : column,
      effects: Array.from(effects, (effect) => Number(effect.toPrecision(6))),
    })),
  };
}

/** How much of the squares its cells explain, beyond what as many cells do by chance. */
function gainOf(ofRow: Uint16Array, left: Float64Array, variance: number) {
  const count = ofRow.reduce((most, cell) => Math.max(most, cell), 0) + 1;
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  for (let row = 0; row < left.length; row++) {
    const cell = ofRow[row] ?? 0;
    sums[cell] = (sums[cell] ?? 0) + (left[row] ?? 0);
    rows[cell] = (rows[cell] ?? 0) + 1;
  }
  const effects = sums.map((sum, cell) => sum / ((rows[cell] ?? 0) + steadyRows));
  const inUse = rows.reduce((sum, many) => sum + (many > 0 ? 1 : 0), 0);
  const explained = sums.reduce((sum, value, cell) => sum + value * (effects[cell] ?? 0), 0);
  return { effects, gain: explained - 2 * variance * Math.max(0, inUse - 1) };
}

/** Mean absolute error, and root of the mean squared one, of rows by their cells. A loss is never below 0. */
export function expectedErrors(
  losses: ExpectedLosses,
  cells: CellColumns,
  rows: number,
): { readonly mae: number; readonly rmse: number } {
  return {
    mae: meanOver(losses.absolute, cells, rows),
    rmse: Math.sqrt(meanOver(losses.squared, cells, rows)),
  };
}

function meanOver({ mean, terms }: LossOfCells, cells: CellColumns, rows: number): number {
  const columns = terms.map(({ feature, effects }) => ({ effects, ofRow: cells[feature ?? cells.length - 1] }));
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let loss = mean;
    for (const { effects, ofRow } of columns) loss += effects[ofRow?.[row] ?? -1] ?? 0;
    sum += Math.max(0, loss);
  }
  return sum / rows;
}
