import { studentTQuantile } from '../../../statistics/distributions/student-quantile.ts';
import { batchMeans } from '../../../statistics/samples/batch-means.ts';
import { decisionsIn, pickRows, positiveScores, type ScoredRows } from '../../metrics/scored-rows.ts';
import { taskOf } from '../../tasks/task-of.ts';
import { largestDifference } from '../gates/group-differences.ts';
import { sampleBounds, type Sample } from '../sample-bounds.ts';
import type { FairnessMeasureName, GroupGap, GroupingReport, GroupRate, GroupReport } from './fairness.ts';

/** Rows of a group by their numbers, in time order. */
export interface GroupRows {
  readonly group: string;
  readonly rows: readonly number[];
}

/** Means over fewer rows are told to nobody: they say little of a group, and much of who is in it. */
const rateRowsMin = 30;
/** As for the metrics of all rows: below it, intervals of means without bounds hold the truth too seldom. */
const unboundedRowsMin = 200;
const groupsMax = 20;
const alpha = 0.05;

/** What the answers are to each group and how far groups are apart. Every mean is over rows in time order. */
export function measureGrouping(feature: string, groups: readonly GroupRows[], rows: ScoredRows): GroupingReport {
  const shown = groups
    .toSorted((left, right) => right.rows.length - left.rows.length || (left.group < right.group ? -1 : 1))
    .slice(0, groupsMax);
  const measured = shown.map((one) => ({ ...one, means: meansOf(pickRows(rows, one.rows)) }));
  const names = measured[0]?.means.map(({ measure }) => measure) ?? [];
  return {
    feature,
    groups: measured.map(({ group, rows: members, means }): GroupReport => {
      return { group, rows: members.length, rates: means.map(rateOf) };
    }),
    leftOut: groups.length - shown.length,
    gaps: names.flatMap((measure) => gapOf(measure, measured)),
  };
}

interface Mean {
  readonly measure: FairnessMeasureName;
  readonly values: Float64Array;
  /** Between what one value can lie; null for what has no bounds. */
  readonly range: readonly [number, number] | null;
}

function meansOf(rows: ScoredRows): readonly Mean[] {
  if (rows.classes.length === 0) return errorsIn(rows);
  return taskOf(rows.task).hasPositive ? binaryMeans(rows) : [accuracyIn(rows)];
}

function binaryMeans(rows: ScoredRows): readonly Mean[] {
  const decisions = decisionsIn(rows);
  const said = positiveScores(rows.scores);
  const all = Array.from(rows.labels, (label, row) => ({ label, isYes: decisions[row] === 1 ? 1 : 0, row }));
  const yesAmong = (label: number) => all.filter((one) => one.label === label).map(({ isYes }) => isYes);
  const share = [0, 1] as const;
  return [
    { measure: 'selectionRate', range: share, values: Float64Array.from(all, ({ isYes }) => isYes) },
    { measure: 'truePositiveRate', range: share, values: Float64Array.from(yesAmong(1)) },
    { measure: 'falsePositiveRate', range: share, values: Float64Array.from(yesAmong(0)) },
    {
      measure: 'calibrationGap',
      range: [-1, 1],
      values: Float64Array.from(all, ({ label, row }) => label - (said[row] ?? Number.NaN)),
    },
  ];
}

function accuracyIn(rows: ScoredRows): Mean {
  const decisions = decisionsIn(rows);
  const values = Float64Array.from(rows.labels, (label, row) => (decisions[row] === label ? 1 : 0));
  return { measure: 'accuracy', range: [0, 1], values };
}

function errorsIn({ labels, scores }: ScoredRows): readonly Mean[] {
  const errors = Float64Array.from(labels, (label, row) => (scores[row] ?? Number.NaN) - label);
  return [
    { measure: 'meanError', range: null, values: errors },
    { measure: 'meanAbsoluteError', range: null, values: errors.map(Math.abs) },
  ];
}

function rateOf({ measure, values, range }: Mean): GroupRate {
  const rows = values.length;
  if (rows < rateRowsMin) return { measure, rows, value: null, interval: null };
  const value = values.reduce((sum, one) => sum + one, 0) / rows;
  const interval = range === null ? spread(values) : bounds(sampleOf(values, range));
  return { measure, rows, value, interval };
}

function bounds(sample: Sample): GroupRate['interval'] {
  const { lower, upper } = sampleBounds(sample, { lower: alpha / 2, upper: alpha / 2 });
  return { lower, upper };
}

/** From ten stretches of the rows, as the intervals of metrics are. */
function spread(values: Float64Array): GroupRate['interval'] {
  const found = values.length < unboundedRowsMin ? null : batchMeans(values);
  if (found === null || !(found.standardError > 0)) return null;
  const reach = studentTQuantile(alpha / 2, found.df) * found.standardError;
  return { lower: found.mean - reach, upper: found.mean + reach };
}

function sampleOf(values: Float64Array, [lowest, highest]: readonly [number, number]): Sample {
  return { values, lowest, highest, lean: [0, 0] };
}

/** Measures of which a share of the highest says something: "the four fifths rule" asks it of selection rates. */
const hasRatio: ReadonlySet<FairnessMeasureName> = new Set([
  'selectionRate',
  'truePositiveRate',
  'falsePositiveRate',
  'accuracy',
]);

function gapOf(
  measure: FairnessMeasureName,
  groups: readonly { readonly group: string; readonly means: readonly Mean[] }[],
): readonly GroupGap[] {
  const told = groups.flatMap(({ group, means }) => {
    const mean = means.find((one) => one.measure === measure);
    const value = mean === undefined ? null : rateOf(mean).value;
    return mean === undefined || value === null ? [] : [{ group, value, mean }];
  });
  const [first, ...others] = told.toSorted((left, right) => right.value - left.value);
  const last = others.at(-1);
  if (first === undefined || last === undefined) return [];
  return [
    {
      measure,
      highest: first.group,
      lowest: last.group,
      difference: first.value - last.value,
      ratio: hasRatio.has(measure) && first.value > 0 ? last.value / first.value : null,
      differenceMost: mostOf(measure, told),
    },
  ];
}

/** The largest upper bound of any pair, each with the whole error: whichever pair truly differs most is bounded. */
function mostOf(
  measure: FairnessMeasureName,
  told: readonly { readonly group: string; readonly mean: Mean }[],
): number | null {
  const groups = told.flatMap(({ group, mean: { values, range } }) =>
    range === null ? [] : [{ name: group, sample: sampleOf(values, range) }],
  );
  const found = largestDifference([{ name: measure, groups }], Infinity, { lower: alpha, upper: alpha });
  return found === null ? null : found.bound.value;
}
