import type { ForeignFindings } from '../../domain/spec/signature-of-foreign.ts';
import type { FeatureColumn, FeatureColumns } from '../run/columns.ts';

/** One row: what the maker says, what is answered here, and whether the two are the same but for rounding. */
export interface GoldenDifference {
  readonly row: number;
  readonly maker: number;
  readonly ours: number;
  /** 1 is exactly at the tolerance. */
  readonly excess: number;
}

/** Faults of converters that are known, each with what undoes it. */
const causes = {
  baseScore:
    'the base score is lost (XGBoost from 2 on, boosting with an init): all rows are off by the same. Convert with a ' +
    'newer converter, or set base_score when training',
  link:
    'the last step is lost: the file gives the value before its sigmoid or exponential. Convert with a newer ' +
    'converter',
  missingMarker:
    'missing values mean something else (a marker such as -999 or 0 against an empty value): the rows that differ ' +
    'have some',
  categories:
    'categories are coded in another way than where it was trained: the rows that differ have values that no other ' +
    'row has',
  thresholds:
    'thresholds in float64 were rounded to float32 (HistGradientBoosting, trees on double): few rows differ, by a ' +
    'whole leaf. Train on float32 data, or convert with double inputs',
  earlyStopping:
    'early stopping, as most rows differ, by varying amounts: the file holds other trees than those that answered. ' +
    'Convert the best iteration (best_iteration, ntree_limit); without trees it is the converter',
} as const;
type Cause = keyof typeof causes;

/** Rows that differ because they stand at a threshold are few. */
const fewShare = 0.3;

/** What probably made a converted file answer otherwise than its maker; the others that are known follow it. */
export function likelyCause(
  { classes }: Pick<ForeignFindings, 'classes'>,
  columns: FeatureColumns,
  compared: readonly GoldenDifference[],
): string {
  const differing = compared.filter(({ excess }) => !(excess <= 1)).map(({ row }) => row);
  const equal = compared.filter(({ excess }) => excess <= 1).map(({ row }) => row);
  const likely = causeOf(classes.length === 0, columns, compared, differing, equal);
  const others = 'base score, early stopping, float64 thresholds, categories, missing marker';
  return `Likely ${causes[likely]}. Known causes: ${others}.`;
}

function causeOf(
  isValue: boolean,
  columns: FeatureColumns,
  compared: readonly GoldenDifference[],
  differing: readonly number[],
  equal: readonly number[],
): Cause {
  const all = [...columns.byName.values()];
  if (isValue && ofLinks.some((link) => isShifted(compared, link, true))) return 'link';
  if (isShifted(compared, isValue ? ofValues : ofShares, false)) return 'baseScore';
  const hasMissing = (row: number): boolean => all.some((column) => isMissing(column, row));
  if (differing.every(hasMissing) && !equal.every(hasMissing)) return 'missingMarker';
  if (all.some((column) => isSplitByValue(column, differing, equal))) return 'categories';
  return differing.length <= compared.length * fewShare ? 'thresholds' : 'earlyStopping';
}

type Shift = (one: GoldenDifference) => number;

const logit = (share: number): number => Math.log(share / (1 - share));
const ofValues: Shift = ({ maker, ours }) => maker - ours;
const ofShares: Shift = ({ maker, ours }) => logit(maker) - logit(ours);
/** A maker that answers the sigmoid or the exponential of what the file gives, give or take a base score. */
const ofLinks: readonly Shift[] = [
  ({ maker, ours }) => logit(maker) - ours,
  ({ maker, ours }) => Math.log(maker) - ours,
];

/** The rows are all off by the same; `mayBeZero` where the shift only measures what is left of it. */
function isShifted(compared: readonly GoldenDifference[], shift: Shift, mayBeZero: boolean): boolean {
  const shifts = compared.map(shift).filter(Number.isFinite);
  const [first] = shifts;
  if (first === undefined || shifts.length < 3 || shifts.length < compared.length / 2) return false;
  const most = shifts.reduce((one, other) => Math.max(one, other));
  const distance = most - shifts.reduce((one, other) => Math.min(one, other));
  return mayBeZero ? distance <= 0.02 : Math.abs(first) > 0 && distance <= Math.abs(first) * 0.02;
}

function isMissing(column: FeatureColumn, row: number): boolean {
  return 'texts' in column ? column.texts[row] === null : Number.isNaN(column.numbers[row] ?? NaN);
}

/** A category whose values are other ones in the rows that differ. */
function isSplitByValue(column: FeatureColumn, differing: readonly number[], equal: readonly number[]): boolean {
  if (!('texts' in column) || equal.length === 0) return false;
  const inEqual = new Set(equal.map((row) => column.texts[row]));
  return differing.every((row) => !inEqual.has(column.texts[row] ?? null));
}
