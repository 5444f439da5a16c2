/** Columns of numbers, each standardised, in the order of time. */
export type Columns = readonly Float64Array[];

/** Consecutive rows that were taken from the reference, stretch after stretch. */
export interface Stretches {
  readonly columns: Columns;
  /** At least 10, far enough from each other that only neighbours go together. */
  readonly stretches: number;
  readonly stretchRows: number;
}

interface Direction {
  readonly first: number;
  readonly second: number | null;
}

/** Rows in stretches, with the means over half-stretches of their columns, squares and products of two. */
export interface Expanded {
  readonly columns: Columns;
  readonly stretches: number;
  readonly halfRows: number;
  readonly directions: readonly Direction[];
  /** Of one row, by direction, over all rows. */
  readonly deviations: Float64Array;
  /** The mean of a direction over these halves of these stretches. */
  meanOf(stretches: readonly number[], direction: number, halves: readonly number[]): number;
  /** Every so manieth row of these halves of these stretches. */
  rowsOf(stretches: readonly number[], halves: readonly number[], step: number): readonly number[];
  /** What a linear classifier says of rows of these columns. */
  scores(weights: Float64Array, columns: Columns, rows: readonly number[]): Float64Array;
}

/**
 * Work: rows by the number of pairs of columns. Of each stretch the first `rows` count. Relative error <= 1e-15
 * (golden vectors).
 */
export function expandRows({ columns, stretches, stretchRows }: Stretches, rows: number): Expanded {
  const halfRows = Math.floor(rows / 2);
  const directions: Direction[] = [
    ...columns.map((_, first) => ({ first, second: null })),
    ...columns.flatMap((_, first) => columns.slice(first).map((__, more) => ({ first, second: first + more }))),
  ];
  const halves = 2 * stretches;
  const means = new Float64Array(directions.length * halves);
  const deviations = new Float64Array(directions.length);
  const none = new Float64Array(0);
  directions.forEach(({ first, second }, k) => {
    const one = columns[first] ?? none;
    const two = second === null ? null : (columns[second] ?? none);
    let all = 0;
    let squares = 0;
    for (let half = 0; half < halves; half++) {
      const from = firstRow(half);
      let sum = 0;
      for (let row = from; row < from + halfRows; row++) {
        const value = (one[row] ?? 0) * (two === null ? 1 : (two[row] ?? 0));
        sum += value;
        squares += value * value;
      }
      all += sum;
      means[k * halves + half] = sum / halfRows;
    }
    const n = halves * halfRows;
    deviations[k] = Math.sqrt(Math.max(0, squares / n - (all / n) ** 2));
  });

  function firstRow(half: number): number {
    return Math.floor(half / 2) * stretchRows + (half % 2) * halfRows;
  }

  return {
    columns,
    stretches,
    halfRows,
    directions,
    deviations,
    meanOf(of, k, parts) {
      let sum = 0;
      for (const stretch of of) for (const part of parts) sum += means[k * halves + 2 * stretch + part] ?? 0;
      return sum / (of.length * parts.length);
    },
    rowsOf(of, parts, step) {
      const rows: number[] = [];
      for (const stretch of of)
        for (const part of parts)
          for (let row = 0; row < halfRows; row += step) rows.push(firstRow(2 * stretch + part) + row);
      return rows;
    },
    scores(weights, of, rows) {
      const scores = new Float64Array(rows.length);
      directions.forEach(({ first, second }, k) => {
        const weight = weights[k] ?? 0;
        if (weight === 0) return;
        const one = of[first] ?? none;
        const two = second === null ? null : (of[second] ?? none);
        for (let place = 0; place < rows.length; place++) {
          const row = rows[place] ?? 0;
          const value = (one[row] ?? 0) * (two === null ? 1 : (two[row] ?? 0));
          scores[place] = (scores[place] ?? 0) + weight * value;
        }
      });
      return scores;
    },
  };
}
