import { kindOf } from '../../../domain/features/kind-of.ts';
import type { PredictionRecord } from '../../../domain/record/records.ts';
import { watchedSlices, type WatchedSlice } from '../../../domain/spec/gates/declared-slices.ts';
import { signatureOf, type SignatureColumn } from '../../../domain/spec/signature.ts';
import type { ModelSpec } from '../../../domain/spec/spec.ts';
import { classesOf, taskOf } from '../../../domain/tasks/task-of.ts';
import { cellCount, type ReferenceProfile } from '../../../domain/training/profile.ts';
import { decisionsMax, emptySlice, type SliceCounts } from '../../../domain/watch/slices/slice-counts.ts';

/** What of a revision is needed to count its rows by slice. */
export interface SliceFacts {
  readonly slices: readonly (WatchedSlice & { readonly column: SignatureColumn | undefined })[];
  /** Classes of which decisions are counted. */
  readonly classes: ReadonlySet<string>;
  readonly hasClasses: boolean;
  /** Index of the score that is added up; null where no single one says what was answered. */
  readonly scoreAt: number | null;
}

export function sliceFactsOf(spec: ModelSpec): SliceFacts {
  const { columns } = signatureOf(spec);
  const { hasClasses, hasPositive } = taskOf(spec.target.task);
  return {
    slices: watchedSlices(spec).map((slice) => ({
      ...slice,
      column: columns.find(({ name }) => name === slice.feature),
    })),
    classes: new Set(classesOf(spec.target).slice(0, decisionsMax)),
    hasClasses,
    scoreAt: hasPositive ? 1 : hasClasses ? null : 0,
  };
}

export interface SlicedRow {
  readonly record: PredictionRecord;
  readonly isSlow: boolean;
  /** In the bins of the reference, by feature; null for one that is not logged. */
  readonly cells: readonly (number | null)[];
  readonly profile: ReferenceProfile | null;
}

/** Adds the row to every slice that holds it. Law: at most 20 slices. */
export function countInSlices(counted: Record<string, SliceCounts>, facts: SliceFacts, row: SlicedRow): void {
  let values: Pick<SliceCounts, 'values' | 'missing' | 'unseen'> | null = null;
  for (const { key, holds, column } of facts.slices) {
    if (column === undefined || !holds(loggedValue(column, row.record))) continue;
    values ??= valuesIn(row);
    addRow((counted[key] ??= emptySlice()), facts, row, values);
  }
}

/** As a slice reads it: null when missing. */
function loggedValue(column: SignatureColumn, record: PredictionRecord): string | number | boolean | null {
  const kind = kindOf(column.kind);
  if (kind.isText) return record.texts[column.index] ?? null;
  const value = record.numbers[column.index] ?? Number.NaN;
  return Number.isNaN(value) ? null : kind.cellOf(value);
}

function valuesIn({ profile, cells }: SlicedRow): Pick<SliceCounts, 'values' | 'missing' | 'unseen'> {
  const found = { values: 0, missing: 0, unseen: 0 };
  profile?.features.forEach((feature, index) => {
    const cell = cells[index] ?? null;
    if (cell === null) return;
    const last = cellCount(feature) - 1;
    found.values++;
    if (cell === last) found.missing++;
    else if (feature.kind !== 'binned' && cell === last - 1) found.unseen++;
  });
  return found;
}

function addRow(
  counts: SliceCounts,
  { classes, hasClasses, scoreAt }: SliceFacts,
  { record, isSlow }: SlicedRow,
  { values, missing, unseen }: Pick<SliceCounts, 'values' | 'missing' | 'unseen'>,
): void {
  counts.rows++;
  if (record.failed) counts.failed++;
  if (isSlow) counts.slow++;
  counts.latencySumUs += record.latencyUs;
  counts.latencyMaxUs = Math.max(counts.latencyMaxUs, record.latencyUs);
  counts.values += values;
  counts.missing += missing;
  counts.unseen += unseen;
  const { scores, decision } = record.answer;
  if (scores.length === 0) return;
  counts.answered++;
  if (scoreAt !== null) counts.scoreSum += scores[scoreAt] ?? 0;
  if (hasClasses) counts.confidenceSum += Math.max(...scores);
  if (decision !== null && classes.has(decision)) counts.decisions[decision] = (counts.decisions[decision] ?? 0) + 1;
}
