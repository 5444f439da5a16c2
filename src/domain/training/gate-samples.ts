import { directionOf } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import { rowValues, type RowValues } from '../metrics/row-values.ts';
import type { ScoredRows } from '../metrics/scored-rows.ts';
import { mirrored, type Sample } from './sample-bounds.ts';

/** A metric of one model, signed so that larger is better (1) or smaller is (-1). Null where these rows have none. */
export function sampleOf(metric: MetricName, rows: ScoredRows, direction: 1 | -1): Sample | null {
  const found = rowValues(metric, rows);
  if (found === null) return null;
  const { values, lowest, highest, lean } = found;
  const sample: Sample = { values, lowest, highest, lean: [lean, 0] };
  return direction === 1 ? sample : mirrored(sample);
}

/** What the first of two models is better by, row by row. Null where the metric does not exist on these rows. */
export function differenceOf(metric: MetricName, first: ScoredRows, second: ScoredRows): Sample | null {
  const a = rowValues(metric, first);
  const b = rowValues(metric, second);
  return a === null || b === null ? null : differenceOfValues(directionOf(metric), a, b);
}

/** The same of values of both that are there already; larger is better where the direction is 1. */
export function differenceOfValues(direction: 1 | -1, a: RowValues, b: RowValues): Sample {
  const values = a.values.map((value, row) => direction * (value - (b.values[row] ?? Number.NaN)));
  const [better, worse] = direction === 1 ? [a, b] : [b, a];
  return { values, ...endsOf(better, worse, values), lean: [better.lean, worse.lean] };
}

/** Between what a difference of one row can lie that has not come yet. */
function endsOf(more: RowValues, less: RowValues, differences: Float64Array): Pick<Sample, 'lowest' | 'highest'> {
  if (more.swing === null) return { lowest: more.lowest - less.highest, highest: more.highest - less.lowest };
  const furthest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const reach = more.swing === 'seen' ? furthest : more.swing;
  return { lowest: -reach, highest: reach };
}
