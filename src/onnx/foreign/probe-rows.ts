import { kindOf } from '../../domain/features/kind-of.ts';
import { columnOf, columnsOf, sliceColumns, type FeatureColumn, type FeatureColumns } from '../run/columns.ts';
import type { ForeignModel } from '../file/foreign-model.ts';
import type { PlannedFeature } from './plan-inputs.ts';
import { attributeOf } from '../file/read-attribute.ts';
import { sizeOf, valuesOf } from '../file/read-tensor.ts';

export const probeRows = 64;
/** Numbers of the file itself that probes are laid around. */
const marksMax = 512;

/**
 * Rows to try a model on: of the sample where there is one, else spread numbers, numbers around those at which the file
 * itself decides, and the declared categories. The same at every import.
 */
export function probeColumns(
  model: ForeignModel,
  features: readonly PlannedFeature[],
  sample: FeatureColumns | null,
): FeatureColumns {
  if (sample !== null && sample.rows > 0) return sliceColumns(sample, 0, Math.min(sample.rows, probeRows));
  const marks = marksOf(model);
  return columnsOf(
    probeRows,
    features.map((feature, index): FeatureColumn => {
      const values = feature.values ?? ['a', 'b', 'c'];
      return columnOf(
        feature,
        () => Array.from({ length: probeRows }, (_, row) => values[(row + index) % values.length] ?? null),
        () => Float64Array.from({ length: probeRows }, (_, row) => numberFor(feature, marks, row, index)),
      );
    }),
  );
}

function numberFor(feature: PlannedFeature, marks: readonly number[], row: number, index: number): number {
  if (!kindOf(feature.kind).isQuantity) return (row + index) % 2;
  // One row in four stands at a mark: few enough that the spread rows still speak for the model.
  const isAtMark = row % 4 === 3 && marks.length > 0;
  const value = isAtMark
    ? (marks[(row * 7 + index * 13) % marks.length] ?? 0) + ((row >> 2) % 3) - 1
    : spread(row, index);
  if (feature.integer !== true) return value;
  // Small whole numbers are values of codes and counts, which every model of whole numbers takes.
  return isAtMark ? Math.round(value) : (row + index) % 3;
}

/** Numbers of many sizes: golden-ratio steps over -2..2, and now and then a hundred times that. */
function spread(row: number, column: number): number {
  const share = ((row + 1) * 0.618_033_988_749_895 + column * 0.414_213_562_373_095) % 1;
  return (share * 4 - 2) * (row % 8 === 6 ? 100 : 1);
}

/** Numbers at which the file decides: thresholds of its trees, its offsets, and single constants. */
function marksOf(model: ForeignModel): readonly number[] {
  const ofNodes = model.nodes.flatMap((node) =>
    ['nodes_values', 'nodes_splits', 'offset'].flatMap((name) => attributeOf(node, name).slice(0, marksMax)),
  );
  const ofConstants = [...model.initializers.values()].flatMap((tensor) =>
    sizeOf(tensor.dims) <= 4 ? valuesOf(tensor, 4) : [],
  );
  const marks = [...ofNodes, ...ofConstants].filter((value): value is number => Number.isFinite(value));
  return [...new Set(marks)].slice(0, marksMax);
}
