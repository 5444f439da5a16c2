import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import { isText } from '../../domain/features/kind-of.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import type { DrawRow } from './draw-row.ts';
import type { Explainer, Reasons, RowToExplain } from './reasons.ts';
import { units } from './units.ts';

/** Orders of features that are drawn for a row, each also taken from its end: fewer where there are many features. */
const pairsMax = 32;
const pairsMin = 4;
/** Rows that the model is asked about for one row, as far as `pairsMin` allows. */
const askedRowsMax = 4_000;

export interface SampledParts {
  readonly signature: Signature;
  /** Names the model: the same model says the same of the same row. */
  readonly digest: string;
  readonly draw: DrawRow;
  readonly score: (rows: readonly EncodedRow[]) => Promise<readonly (readonly number[] | null)[]>;
}

/**
 * Shapley values by sampling (Štrumbelj and Kononenko 2014): for each order of the inputs a row is drawn, and its cells
 * become those of the row that is explained, one after the other; what each of them moves is averaged. Each order is
 * also taken from its end, whose error largely cancels (Mitchell, Cooper, Frank and Holmes 2022). The sum is exact, and
 * each contribution has an error, which is estimated from the pairs of orders. Chance is fixed by model and row.
 */
export function sampledExplainer(parts: SampledParts): Explainer {
  const { signature } = parts;
  const features = signature.columns.map(({ name }) => name);
  const pairs = Math.min(pairsMax, Math.max(pairsMin, Math.floor(askedRowsMax / (2 * Math.max(1, features.length)))));
  return {
    method: 'sampled',
    features,
    samples: 2 * pairs,
    close: () => Promise.resolve(),
    async explain(rows) {
      const explained: Reasons[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one row at a time bounds what waits for the model
      for (const row of rows) explained.push(await explainRow(parts, row, pairs));
      return explained;
    },
  };
}

async function explainRow(parts: SampledParts, { row, output }: RowToExplain, pairs: number): Promise<Reasons> {
  const random = createRandom(`${parts.digest}\n${[...row.numbers].join()}\n${JSON.stringify(row.texts)}`);
  const width = parts.signature.columns.length;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  let base = 0;
  let score = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const from = parts.draw(random, row);
    const order = shuffled(width, random);
    const moved = new Float64Array(width);
    for (const way of [order, order.toReversed()]) {
      // oxlint-disable-next-line no-await-in-loop -- one way at a time bounds what waits for the model
      const steps = await scoresOnTheWay(parts, from, row, way, output);
      for (const [at, column] of way.entries())
        moved[column] = (moved[column] ?? 0) + ((steps[at + 1] ?? 0) - (steps[at] ?? 0)) / 2;
      base += (steps[0] ?? 0) / (2 * pairs);
      score = steps[width] ?? 0;
    }
    for (const [column, value] of moved.entries()) {
      sums[column] = (sums[column] ?? 0) + value;
      squares[column] = (squares[column] ?? 0) + value * value;
    }
  }
  const contributions = sums.map((sum) => sum / pairs);
  const errors = squares.map((square, column) => {
    const mean = contributions[column] ?? 0;
    return Math.sqrt(Math.max(0, square / pairs - mean * mean) / (pairs - 1));
  });
  return { base, score, contributions, errors };
}

/** Scores of the drawn row, then with the cells of the row itself in it, one more each time. */
async function scoresOnTheWay(
  { signature, score }: SampledParts,
  from: EncodedRow,
  to: EncodedRow,
  way: readonly number[],
  output: number,
): Promise<readonly number[]> {
  const rows: EncodedRow[] = [from];
  for (const at of way) {
    const last = rows.at(-1) ?? from;
    const column = signature.columns[at];
    const numbers = Float64Array.from(last.numbers);
    const texts = [...last.texts];
    if (column !== undefined && isText(column)) texts[column.index] = to.texts[column.index] ?? null;
    else if (column !== undefined) numbers[column.index] = to.numbers[column.index] ?? Number.NaN;
    rows.push({ numbers, texts });
  }
  const given = await score(rows);
  return rows.map((_, at) => {
    const scores = given[at] ?? null;
    if (scores === null)
      throw new PerennialError('unsupported', 'The model does not answer rows between the row and the usual ones.');
    return units[signature.task](scores, output);
  });
}

/** By Fisher and Yates. */
function shuffled(count: number, random: Random): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}
