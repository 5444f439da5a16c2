import { isAboutRows } from '../../spec/rule-subject.ts';
import type { ContractRule, RowContractRule } from '../../spec/spec.ts';
import { rowSqlOf } from '../../spec/columns/row-sql-of.ts';
import type { RowsSpec } from '../../spec/columns/rows-spec.ts';
import { PerennialError } from '../../words/errors.ts';
import type { Condition } from '../condition.ts';
import type { RowRule } from '../row-rule.ts';

/** A declared rule about single rows, or null where it speaks of several. */
export function declaredRowRule(spec: RowsSpec, rule: ContractRule): RowRule | null {
  if (!isAboutRows(rule)) return null;
  return { id: rule.id, severity: rule.severity, isTyping: false, ...tolerated(rule), ...said(spec, rule) };
}

function tolerated({ tolerance }: RowContractRule): { readonly tolerance?: number } {
  return tolerance === undefined ? {} : { tolerance };
}

function said(spec: RowsSpec, rule: RowContractRule): { readonly broken: Condition; readonly about: string } {
  switch (rule.rule) {
    case 'compare': {
      const { left, op, right } = rule;
      return {
        broken: { test: 'comparison', left, op, right },
        about: `${left} ${op} ${'column' in right ? right.column : JSON.stringify(right.value)}`,
      };
    }
    case 'length': {
      const { column, min, max } = rule;
      const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
      return {
        broken: { test: 'length', column, ...bounds },
        about: `${column} has from ${min ?? 0} to ${max ?? '∞'} characters`,
      };
    }
    case 'pattern':
      return {
        broken: { test: 'pattern', column: rule.column, pattern: rule.pattern },
        about: `${rule.column} is as ${rule.pattern} says`,
      };
    case 'expression': {
      const { id, name, expression } = rule;
      const read = rowSqlOf(spec, expression);
      // `apply` refuses what cannot be read: this is a definition that nobody asked about.
      if (!('tree' in read))
        throw new PerennialError('invalid_spec', `rule ${id}: ${read.problem.message}`, { path: 'contract.rules' });
      return { broken: { test: 'expression', tree: read.tree }, about: `${name}: ${expression}` };
    }
    case 'decimals':
      return {
        broken: { test: 'decimals', column: rule.column, whole: rule.precision - rule.scale, scale: rule.scale },
        about: `${rule.column} has at most ${rule.precision} digits, ${rule.scale} of them behind the point`,
      };
  }
}
