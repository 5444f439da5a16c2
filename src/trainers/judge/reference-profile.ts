import { kindOf } from '../../domain/features/kind-of.ts';
import { decideRows } from '../../answering/decide.ts';
import {
  cellOf,
  type BinnedProfile,
  type CategoryProfile,
  type FeatureProfile,
  type ReferenceProfile,
} from '../../domain/training/profile.ts';
import { positiveScores } from '../../domain/metrics/scored-rows.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { FeatureColumn, FeatureColumns } from '../../onnx/run/columns.ts';
import { missingColumn } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';

const bins = 20;
const valuesMax = 64;
const predictionName = 'prediction';

/**
 * How the rows that the release was fitted on are distributed, and what scores to expect: `scores` must come from the
 * very model that will serve, since another fit of the same configuration has other quantiles and every window would
 * alarm.
 */
export function referenceProfile(
  signature: Signature,
  columns: FeatureColumns,
  fittedOn: RowRange,
  scores: Float64Array,
): ReferenceProfile {
  return {
    formatVersion: 1,
    rows: fittedOn.to - fittedOn.from,
    features: signature.columns.map(({ name, kind }) =>
      featureProfile(columns.byName.get(name) ?? missingColumn(name, kind, columns.rows), fittedOn),
    ),
    prediction: predictionProfiles[signature.task](signature, scores),
  };
}

function featureProfile(column: FeatureColumn, { from, to }: RowRange): FeatureProfile {
  if ('texts' in column) return categoryProfile(column.name, column.texts.slice(from, to));
  // Quantiles of what moves by nature would alarm on every window, so only missing ones are counted.
  return binnedProfile(column.name, column.numbers.subarray(from, to), kindOf(column.kind).canDrift ? bins : 1);
}

/** What of an answer is counted: the probability of the positive class, the decided class, or the value. */
const predictionProfiles: Record<TaskName, (signature: Signature, scores: Float64Array) => FeatureProfile> = {
  binary: (_signature, scores) => binnedProfile(predictionName, positiveScores(scores), bins),
  multiclass: (signature, scores) => {
    const counts = new Array<number>(signature.classes.length).fill(0);
    for (const decided of decideRows(signature, () => null, scores)) counts[decided] = (counts[decided] ?? 0) + 1;
    return { name: predictionName, kind: 'category', values: signature.classes, counts, other: 0, missing: 0 };
  },
  regression: (_signature, scores) => binnedProfile(predictionName, scores, bins),
};

/** Edges at the quantiles i / bins; an edge at the largest value would leave an empty cell above it and is left out. */
function binnedProfile(name: string, numbers: Float64Array, binCount: number): BinnedProfile {
  const sorted = numbers.filter((value) => !Number.isNaN(value)).sort();
  const top = sorted[sorted.length - 1] ?? NaN;
  const edges: number[] = [];
  for (let i = 1; i < binCount; i++) {
    const edge = sorted[Math.ceil((sorted.length * i) / binCount) - 1];
    if (edge !== undefined && edge < top && edge > (edges[edges.length - 1] ?? -Infinity)) edges.push(edge);
  }
  const empty: BinnedProfile = {
    name,
    kind: 'binned',
    edges,
    counts: new Array<number>(edges.length + 1).fill(0),
    missing: 0,
  };
  const cells = new Array<number>(edges.length + 2).fill(0);
  for (const value of numbers) {
    const cell = cellOf(empty, value);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return { ...empty, counts: cells.slice(0, -1), missing: cells[cells.length - 1] ?? 0 };
}

function categoryProfile(name: string, texts: readonly (string | null)[]): CategoryProfile {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const text of texts) {
    if (text === null) missing++;
    else counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const ordered = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const kept = ordered.slice(0, valuesMax);
  return {
    name,
    kind: 'category',
    values: kept.map(([value]) => value),
    counts: kept.map(([, count]) => count),
    other: ordered.slice(valuesMax).reduce((sum, [, count]) => sum + count, 0),
    missing,
  };
}
