import { columnsWritten } from '../../row-sql/grammar.ts';
import type { ContractRule } from '../spec.ts';

/** The columns that a declared rule speaks of. */
export function columnsNamedBy(rule: ContractRule): readonly string[] {
  switch (rule.rule) {
    case 'unique':
    case 'references':
      return rule.columns;
    case 'compare':
      return 'column' in rule.right ? [rule.left, rule.right.column] : [rule.left];
    case 'expression':
      return columnsWritten(rule.expression);
    case 'rowCount':
    case 'rowCountHistory':
    case 'schemaChange':
      return [];
    case 'length':
    case 'pattern':
    case 'decimals':
    case 'missingShare':
    case 'freshness':
    case 'meanShift':
    case 'spreadShift':
    case 'missingChange':
    case 'shareChange':
    case 'distance':
      return [rule.column];
  }
}
