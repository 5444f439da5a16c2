import type { ContractRule } from '../../domain/spec/spec.ts';
import { literal, numeric } from '../duck/sql.ts';
import { isoMsOf } from '../read/instants.ts';
import type { CellRole } from '../read/read-lossless.ts';
import { columnNamed, type CheckedColumn } from './checked-columns.ts';
import type { RowRule } from './row-rule.ts';

type CompareRule = Extract<ContractRule, { rule: 'compare' }>;

/** A declared comparison of two columns, or of a column and a constant; a missing side keeps the row. */
export function compareRule(rule: CompareRule, columns: readonly CheckedColumn[]): RowRule {
  return {
    id: rule.id,
    severity: rule.severity,
    isTyping: false,
    broken: `NOT (${comparison(rule, columns)})`,
    about: describeCompare(rule),
  };
}

function comparison(rule: CompareRule, columns: readonly CheckedColumn[]): string {
  const left = columnNamed(columns, rule.left);
  return `${left.value} ${rule.op === '!=' ? '<>' : rule.op} ${rightSide(rule, left, columns)}`;
}

/**
 * The constant takes the type of the column, so that `amount > "5"` compares numbers and `at > "2026-01-01"` instants.
 */
function rightSide(rule: CompareRule, left: CheckedColumn, columns: readonly CheckedColumn[]): string {
  if ('column' in rule.right) return columnNamed(columns, rule.right.column).value;
  return constants[left.role](rule.right.value);
}

type Constant = (value: number | string | boolean) => string;

const textConstant: Constant = (value) => literal(String(value));
const numberConstant: Constant = (value) =>
  typeof value === 'number' ? numeric(value) : `TRY_CAST(${literal(String(value))} AS DOUBLE)`;

const constants: Record<CellRole, Constant> = {
  number: numberConstant,
  category: textConstant,
  boolean: (value) => `CAST(${literal(String(value))} AS BOOLEAN)`,
  time: (value) => (typeof value === 'string' ? isoMsOf(literal(value)) : numberConstant(value)),
  label: textConstant,
  key: textConstant,
};

function describeCompare(rule: CompareRule): string {
  return `${rule.left} ${rule.op} ${'column' in rule.right ? rule.right.column : JSON.stringify(rule.right.value)}`;
}
