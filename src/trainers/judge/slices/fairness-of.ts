import { kindOf } from '../../../domain/features/kind-of.ts';
import type { ScoredRows } from '../../../domain/metrics/scored-rows.ts';
import { featureOf, type GroupingSpec } from '../../../domain/spec/fairness/fairness-spec.ts';
import type { ModelSpec } from '../../../domain/spec/spec.ts';
import type { FairnessReport } from '../../../domain/training/fairness/fairness.ts';
import { measureGrouping, type GroupRows } from '../../../domain/training/fairness/measure-fairness.ts';
import { sayNumber } from '../../../domain/words/say.ts';
import type { FeatureColumn, FeatureColumns } from '../../../onnx/run/columns.ts';
import { cellAt } from './slice-members.ts';

/** The declared groups on the test rows; null where none are declared. */
export function fairnessOf(
  { fairness, target }: Pick<ModelSpec, 'fairness' | 'target'>,
  { byName }: FeatureColumns,
  rows: ScoredRows,
): FairnessReport | null {
  if (fairness === undefined) return null;
  const groupings = fairness.groups.flatMap((grouping) => {
    const column = byName.get(featureOf(grouping));
    return column === undefined
      ? []
      : [measureGrouping(column.name, groupsIn(grouping, column, rows.labels.length), rows)];
  });
  return { task: target.task, groupings };
}

function groupsIn(grouping: GroupingSpec, column: FeatureColumn, rows: number): readonly GroupRows[] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < rows; row++) {
    const group = groupOf(grouping, column, row);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [row]);
    else members.push(row);
  }
  return [...groups].map(([group, members]) => ({ group, rows: members }));
}

function groupOf(grouping: GroupingSpec, column: FeatureColumn, row: number): string {
  const value = cellAt(column, row);
  if (value === null) return '(missing)';
  if (typeof grouping === 'string' || !kindOf(column.kind).isQuantity) return String(value);
  return bandOf(Number(value), grouping.cuts);
}

/** `below 30`, `30 to below 50`, `from 50`. */
function bandOf(value: number, cuts: readonly number[]): string {
  const above = cuts.filter((cut) => cut <= value).length;
  const [from, below] = [cuts[above - 1], cuts[above]];
  if (from === undefined) return `below ${sayNumber(below ?? Infinity)}`;
  return below === undefined ? `from ${sayNumber(from)}` : `${sayNumber(from)} to below ${sayNumber(below)}`;
}
