import type { BatchRuleSeverity } from '../../domain/spec/closed-sets.ts';
import type { HistoryRuleOf } from '../../domain/spec/spec.ts';
import { ruleIdOf } from '../../domain/contract/rule-id.ts';
import { written } from './written.ts';

interface HistoryRuleOptions {
  readonly id?: string;
  /** `warn` unless told otherwise. */
  readonly severity?: BatchRuleSeverity;
}

interface ColumnRuleOptions extends HistoryRuleOptions {
  /** The whole digest of a snapshot of this model; the batch before, unless told. */
  readonly against?: string;
}

/**
 * Rows of a batch against the median of the last `batches` (2 to 50): at most `factor` times more or fewer, or within
 * so many robust standard `deviations`. With fewer batches before, the rule has no verdict yet.
 */
export function rowCountHistory(
  bounds: { readonly batches: number } & ({ readonly factor: number } | { readonly deviations: number }),
  options: HistoryRuleOptions = {},
): HistoryRuleOf<'rowCountHistory'> {
  const usual = { id: 'row-count-history', severity: 'warn' } as const;
  return { rule: 'rowCountHistory', ...usual, ...bounds, ...written(options, 'rowCountHistory') };
}

/**
 * Columns of the source, declared or not, against those of the batch before: a missing and a retyped one break it, an
 * added one with `mayAdd: false`. It names columns of the file to whoever may see the snapshot.
 */
export function schemaChange(
  options: HistoryRuleOptions & { readonly mayAdd?: boolean } = {},
): HistoryRuleOf<'schemaChange'> {
  const usual = { id: 'schema-change', mayAdd: true, severity: 'warn' } as const;
  return { rule: 'schemaChange', ...usual, ...written(options, 'schemaChange') };
}

/** The mean of a number or a time moved by at most so many standard deviations of the batch before. */
export function meanShift(
  name: string,
  deviationsMax: number,
  options: ColumnRuleOptions = {},
): HistoryRuleOf<'meanShift'> {
  return { rule: 'meanShift', ...ofColumn('mean', name, options), deviationsMax };
}

/** The standard deviation grew or shrank by at most this factor, above 1. */
export function spreadShift(
  name: string,
  factorMax: number,
  options: ColumnRuleOptions = {},
): HistoryRuleOf<'spreadShift'> {
  return { rule: 'spreadShift', ...ofColumn('spread', name, options), factorMax };
}

/** The share of accepted rows without a value changed by at most this, 0 to 1. */
export function missingChange(
  name: string,
  changeMax: number,
  options: ColumnRuleOptions = {},
): HistoryRuleOf<'missingChange'> {
  return { rule: 'missingChange', ...ofColumn('missing-change', name, options), changeMax };
}

/** The share of any one value of a text column changed by at most this, 0 to 1. */
export function shareChange(
  name: string,
  changeMax: number,
  options: ColumnRuleOptions = {},
): HistoryRuleOf<'shareChange'> {
  return { rule: 'shareChange', ...ofColumn('share', name, options), changeMax };
}

/**
 * The distribution is at most this far (0 to 1) from that of the batch before: Kolmogorov–Smirnov for numbers and
 * times, total variation for texts. What two samples of these sizes show by chance breaks nothing.
 */
export function distance(
  name: string,
  distanceMax: number,
  options: ColumnRuleOptions = {},
): HistoryRuleOf<'distance'> {
  return { rule: 'distance', ...ofColumn('distance', name, options), distanceMax };
}

function ofColumn(what: string, column: string, options: ColumnRuleOptions) {
  const { against } = options;
  return {
    id: ruleIdOf(what, column, ...(against === undefined ? [] : [against.slice(0, 8)])),
    column,
    severity: 'warn' as const,
    ...written(options, what),
  };
}
