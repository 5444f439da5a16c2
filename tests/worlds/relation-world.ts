import { columnFrom, columnsOf, type FeatureColumns } from '../../src/onnx/run/columns.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

export interface RelationRows {
  readonly signature: {
    readonly columns: readonly { readonly name: string; readonly kind: 'number'; readonly index: number }[];
    readonly classes: readonly string[];
  };
  readonly columns: FeatureColumns;
  readonly labels: Float64Array;
  readonly training: { readonly from: number; readonly to: number };
  readonly test: { readonly from: number; readonly to: number };
}

export interface RelationWorld {
  /** How much each feature moves the log odds of yes; a feature of weight 0 says nothing. */
  readonly weights: readonly number[];
  readonly trainingRows: number;
  readonly testRows: number;
  /** Correlation of neighbouring rows, of every feature and of the rest of the log odds. */
  readonly memory?: number;
}

/** Two classes and number features `f0`, `f1`, …, of which is known what each says. */
export function relationWorld(
  { weights, trainingRows, testRows, memory = 0 }: RelationWorld,
  seed: string,
): RelationRows {
  const random = createRandom(seed);
  const rows = trainingRows + testRows;
  const drawn = (): Float64Array => {
    let last = random.normal();
    const rest = Math.sqrt(1 - memory ** 2);
    return Float64Array.from({ length: rows }, () => (last = memory * last + rest * random.normal()));
  };
  const values = weights.map(drawn);
  const other = drawn();
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const odds = weights.reduce((sum, weight, i) => sum + weight * (values[i]?.[row] ?? 0), 0.5 * (other[row] ?? 0));
    return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  const names = weights.map((_, i) => `f${i}`);
  return {
    signature: {
      columns: names.map((name, index) => ({ name, kind: 'number', index })),
      classes: ['no', 'yes'],
    },
    columns: columnsOf(
      rows,
      names.map((name, i) => columnFrom({ name, kind: 'number' }, [...(values[i] ?? [])])),
    ),
    labels,
    training: { from: 0, to: trainingRows },
    test: { from: trainingRows, to: rows },
  };
}
