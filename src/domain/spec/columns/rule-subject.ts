import type { ContractRule, HistoryRule, ReferencesRule, RowContractRule } from '../spec.ts';

/** Whether a declared rule is asked of a single row, and so of one that comes by a request too. */
export function isAboutRows(rule: ContractRule): rule is RowContractRule {
  return subjects[rule.rule] === 'row';
}

/** Whether a declared rule asks a view about single rows. */
export function isAboutView(rule: ContractRule): rule is ReferencesRule {
  return subjects[rule.rule] === 'view';
}

/** Whether a declared rule holds a batch against those before it. */
export function isAboutHistory(rule: ContractRule): rule is HistoryRule {
  return subjects[rule.rule] === 'history';
}

/** Whether a declared rule speaks of a batch, and of no row of it: alone, or against those before it. */
export function isAboutBatches(rule: ContractRule): boolean {
  return rule.rule !== 'unique' && (subjects[rule.rule] === 'batch' || isAboutHistory(rule));
}

/** What a rule is asked of. */
const subjects: Record<ContractRule['rule'], 'row' | 'view' | 'batch' | 'history'> = {
  unique: 'batch',
  references: 'view',
  compare: 'row',
  length: 'row',
  pattern: 'row',
  decimals: 'row',
  expression: 'row',
  rowCount: 'batch',
  missingShare: 'batch',
  freshness: 'batch',
  rowCountHistory: 'history',
  schemaChange: 'history',
  meanShift: 'history',
  spreadShift: 'history',
  missingChange: 'history',
  shareChange: 'history',
  distance: 'history',
};
