import type { ContractRule, RowContractRule } from './spec.ts';

/** Whether a declared rule is asked of a single row, and so of one that comes by a request too. */
export function isAboutRows(rule: ContractRule): rule is RowContractRule {
  return isRowRuleKind[rule.rule];
}

const isRowRuleKind: Record<ContractRule['rule'], boolean> = {
  unique: false,
  compare: true,
  length: true,
  pattern: true,
  decimals: true,
  expression: true,
  rowCount: false,
  missingShare: false,
  freshness: false,
};
