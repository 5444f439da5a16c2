import { decideRows } from '../../answering/decide.ts';
import { positiveScores } from '../../domain/metrics/scored-rows.ts';
import { watchedOf, type Signature } from '../../domain/spec/signature.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import { cellCount, cellOf, type FeatureProfile, type ReferenceProfile } from '../../domain/training/profile.ts';
import { missingColumn, type FeatureColumns } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';

/** Rows that are looked at, evenly spread: more would say the same. */
const rowsMax = 20_000;
/** Groups of answers, and one more for those that are missing. */
const groups = 5;

/** How answers go with each feature, cell by cell; `scores` are those of the rows `scored`. */
export function answersByFeature(
  signature: Signature,
  columns: FeatureColumns,
  scored: RowRange,
  profile: ReferenceProfile,
  scores: Float64Array,
): NonNullable<ReferenceProfile['answers']> {
  const all = scored.to - scored.from;
  const step = Math.max(1, Math.ceil(all / rowsMax));
  const rows = Array.from({ length: Math.ceil(all / step) }, (_, i) => i * step);
  const groupOfCell = groupsOf(profile.prediction);
  const answerOf = answers[signature.task](signature, scores);
  const groupOf = rows.map((row) => groupOfCell[cellOf(profile.prediction, answerOf(row))] ?? groups);
  const watched = watchedOf(signature);
  const counts = profile.features.map((feature, index) => {
    const { name, kind } = watched[index] ?? { name: feature.name, kind: 'number' };
    const column = columns.byName.get(name) ?? missingColumn(name, kind, columns.rows);
    const cells = Array.from({ length: cellCount(feature) }, () => new Array<number>(groups + 1).fill(0));
    rows.forEach((row, at) => {
      const place = scored.from + row;
      const value = 'texts' in column ? (column.texts[place] ?? null) : (column.numbers[place] ?? Number.NaN);
      const ofCell = cells[cellOf(feature, value)];
      const group = groupOf[at] ?? groups;
      if (ofCell !== undefined) ofCell[group] = (ofCell[group] ?? 0) + 1;
    });
    return cells;
  });
  return { groupOfCell, counts };
}

/** Neighbouring bins of scores together; of decided classes the first ones each, and the rest. */
function groupsOf(prediction: FeatureProfile): readonly number[] {
  const cells = cellCount(prediction);
  return Array.from({ length: cells }, (_, cell) => {
    if (cell === cells - 1) return groups;
    const isBinned = prediction.kind === 'binned';
    return isBinned ? Math.floor((cell * groups) / (cells - 1)) : Math.min(cell, groups - 1);
  });
}

const answers: Record<
  TaskName,
  (signature: Signature, scores: Float64Array) => (row: number) => number | string | null
> = {
  binary: (_signature, scores) => {
    const positive = positiveScores(scores);
    return (row) => positive[row] ?? Number.NaN;
  },
  multiclass: (signature, scores) => {
    const decided = decideRows(signature, () => null, scores);
    return (row) => signature.classes[decided[row] ?? -1] ?? null;
  },
  regression: (_signature, scores) => (row) => scores[row] ?? Number.NaN,
};
