import { kindOf } from '../../domain/features/kind-of.ts';
import { widthOf } from '../../answering/decide.ts';
import type { Gains } from '../../domain/metrics/gains.ts';
import type { ScoredRows } from '../../domain/metrics/scored-rows.ts';
import type { SliceMetrics } from '../../domain/metrics/metrics.ts';
import { scoreRows } from '../../domain/metrics/score-rows.ts';
import type { FeatureColumn } from '../../onnx/run/columns.ts';

/** Smaller slices are counted, not judged. */
const sliceRowsMin = 30;
const slicesPerColumnMax = 20;

/** Metrics of the test rows by the values of each column, most frequent value first, at most 20 per column. */
export function sliceMetrics(columns: readonly FeatureColumn[], rows: ScoredRows): SliceMetrics[] {
  return columns.flatMap((column) => {
    const groups = new Map<string, number[]>();
    for (let row = 0; row < rows.labels.length; row++) {
      const name = valueAt(column, row);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [row]);
      else group.push(row);
    }
    return [...groups]
      .toSorted(([a, rowsA], [b, rowsB]) => rowsB.length - rowsA.length || (a < b ? -1 : 1))
      .slice(0, slicesPerColumnMax)
      .map(([slice, members]) => ({
        column: column.name,
        slice,
        metrics: members.length < sliceRowsMin ? { rows: members.length } : scoreRows(pick(rows, members)),
      }));
  });
}

function valueAt(column: FeatureColumn, row: number): string {
  if ('texts' in column) return column.texts[row] ?? '(missing)';
  const value = column.numbers[row] ?? NaN;
  if (Number.isNaN(value)) return '(missing)';
  return String(kindOf(column.kind).cellOf(value));
}

function pick(rows: ScoredRows, members: readonly number[]): ScoredRows {
  const width = widthOf(rows);
  const gather = (values: ArrayLike<number>) => Float64Array.from(members, (row) => values[row] ?? NaN);
  const scores = new Float64Array(members.length * width);
  for (const [i, row] of members.entries())
    for (let k = 0; k < width; k++) scores[i * width + k] = rows.scores[row * width + k] ?? NaN;
  const gains: Gains | null =
    rows.gains === undefined || rows.gains === null ? null : { yes: gather(rows.gains.yes), no: gather(rows.gains.no) };
  return { ...rows, labels: gather(rows.labels), scores, gains };
}
