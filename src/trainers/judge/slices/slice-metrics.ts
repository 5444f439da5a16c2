import { pickRows, type ScoredRows } from '../../../domain/metrics/scored-rows.ts';
import { metricIntervals } from '../../../domain/metrics/metric-intervals.ts';
import type { SliceMetrics } from '../../../domain/metrics/slice-metrics.ts';
import { scoreRows } from '../../../domain/metrics/score-rows.ts';
import { declaredSlice } from '../../../domain/spec/gates/declared-slices.ts';
import type { ModelSpec, SliceSpec } from '../../../domain/spec/spec.ts';
import { sayNumber } from '../../../domain/words/say.ts';
import type { FeatureColumn, FeatureColumns } from '../../../onnx/run/columns.ts';
import { cellAt } from './slice-members.ts';

/** Smaller slices are counted, not judged. */
const sliceRowsMin = 30;
const slicesPerColumnMax = 20;

/**
 * Metrics of the test rows by the values of each declared column, most frequent value first, at most 20 per column; and
 * of each named part.
 */
export function sliceMetrics(
  declared: ModelSpec['slices'],
  { byName }: FeatureColumns,
  rows: ScoredRows,
): SliceMetrics[] {
  return declared.flatMap((slice) => {
    const column = byName.get(typeof slice === 'string' ? slice : slice.feature);
    if (column === undefined) return [];
    return typeof slice === 'string' ? ofColumn(column, rows) : [ofPart(slice, column, rows)];
  });
}

function ofColumn(column: FeatureColumn, rows: ScoredRows): SliceMetrics[] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < rows.labels.length; row++) {
    const name = String(cellAt(column, row) ?? '(missing)');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups]
    .toSorted(([a, rowsA], [b, rowsB]) => rowsB.length - rowsA.length || (a < b ? -1 : 1))
    .slice(0, slicesPerColumnMax)
    .map(([slice, members]) => ({ column: column.name, slice, ...measured(rows, members) }));
}

function ofPart(part: SliceSpec, column: FeatureColumn, rows: ScoredRows): SliceMetrics {
  const { holds } = declaredSlice(part);
  const members = Array.from(rows.labels, (_, row) => row).filter((row) => holds(cellAt(column, row)));
  return { column: column.name, slice: sayPart(part), ...measured(rows, members) };
}

/** Which values of its feature are in it, and what it is called. */
function sayPart(part: SliceSpec): string {
  if ('is' in part) return `${part.is} (${part.name})`;
  const from = part.from === undefined ? [] : [`from ${sayNumber(part.from)}`];
  const below = part.below === undefined ? [] : [`below ${sayNumber(part.below)}`];
  return `${[...from, ...below].join(' ')} (${part.name})`;
}

function measured(rows: ScoredRows, members: readonly number[]): Pick<SliceMetrics, 'metrics' | 'intervals'> {
  if (members.length < sliceRowsMin) return { metrics: { rows: members.length } };
  const picked = pickRows(rows, members);
  const intervals = metricIntervals(picked);
  return { metrics: scoreRows(picked), ...(Object.keys(intervals).length === 0 ? {} : { intervals }) };
}
