import type { Money, ValueSpec } from '../spec/spec.ts';

/** What each row brings, in money, when the answer to it is yes (positive) or no; its true label is already known. */
export interface Gains {
  readonly yes: Float64Array;
  readonly no: Float64Array;
}

/**
 * Gains of labelled rows. `labels` are 1 for positive, 0 for negative; `column` gives the values of a number column
 * that the value declaration names. A missing amount (NaN, or no such column) counts the fixed part alone.
 */
export function gainsOf(
  value: ValueSpec,
  labels: ArrayLike<number>,
  column: (name: string) => ArrayLike<number> | undefined,
): Gains {
  const yesWhenPositive = moneyOf(value.truePositive, column);
  const yesWhenNegative = moneyOf(value.falsePositive, column);
  const noWhenPositive = moneyOf(value.falseNegative, column);
  const noWhenNegative = moneyOf(value.trueNegative, column);
  return {
    yes: Float64Array.from(labels, (label, row) => (label === 1 ? yesWhenPositive(row) : yesWhenNegative(row))),
    no: Float64Array.from(labels, (label, row) => (label === 1 ? noWhenPositive(row) : noWhenNegative(row))),
  };
}

/** What each decision brought. */
export function gainRows(decisions: ArrayLike<number>, gains: Gains): Float64Array {
  return Float64Array.from(decisions, (decided, row) => (decided === 1 ? gains.yes[row] : gains.no[row]) ?? Number.NaN);
}

/** Number columns that a value declaration reads, each once. */
export function amountColumns(value: ValueSpec | null): readonly string[] {
  if (value === null) return [];
  const outcomes = [value.truePositive, value.falsePositive, value.trueNegative, value.falseNegative];
  return [...new Set(outcomes.flatMap((money) => (money.per === undefined ? [] : [money.per.column])))];
}

function moneyOf(money: Money, column: (name: string) => ArrayLike<number> | undefined): (row: number) => number {
  const { fixed, per } = money;
  const amounts = per === undefined ? undefined : column(per.column);
  if (per === undefined || amounts === undefined) return () => fixed;
  return (row) => {
    const amount = amounts[row] ?? Number.NaN;
    return Number.isNaN(amount) ? fixed : fixed + per.factor * amount;
  };
}
