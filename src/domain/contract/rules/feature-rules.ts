import type { CellRole } from '../../cells/cell-role.ts';
import { boundsOf, isText, valuesOf } from '../../features/kind-of.ts';
import type { FeatureKind, FeatureSpec } from '../../spec/spec.ts';
import type { Condition } from '../condition.ts';
import type { ContractColumn } from '../contract-columns.ts';
import type { RowRule } from '../row-rule.ts';
import { timeFeatureRules } from './time-rules.ts';

/** What else a column is to the model whose feature it is. */
interface OtherRoles {
  readonly isEntity: boolean;
  readonly isEventTime: boolean;
}

/** What a declared feature implies: its type, whether it may be missing, its values or bounds. */
export function featureRules(feature: FeatureSpec, column: ContractColumn, roles: OtherRoles): RowRule[] {
  const { name } = feature;
  const rule = (kind: string, broken: Condition, about: string): RowRule => ({
    id: `${name}.${kind}`,
    severity: 'quarantine',
    isTyping: kind === 'type',
    broken,
    about: `${name} ${about}`,
  });
  const rules = [
    isText(feature)
      ? rule('type', { test: 'nested', column: name }, 'is text')
      : rule('type', { test: 'untyped', column: name, isDateApart: hasDatesApart(column) }, typeWords[feature.kind]),
    ...rulesOfKind[feature.kind](column, roles),
  ];
  if (feature.missing === 'refuse') rules.push(rule('missing', { test: 'missing', column: name }, 'is present'));
  const values = valuesOf(feature);
  if (values !== null) {
    const broken: Condition = { test: 'notOneOf', column: name, values, isNestedApart: true };
    rules.push(rule('values', broken, `is one of ${values.slice(0, 8).join(', ')}${values.length > 8 ? ', …' : ''}`));
  }
  const { min, max, integer } = boundsOf(feature);
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  if (min !== undefined || max !== undefined)
    rules.push(
      rule('range', { test: 'outside', column: name, ...bounds }, `lies from ${min ?? '-∞'} to ${max ?? '∞'}`),
    );
  if (integer === true) rules.push(rule('integer', { test: 'fraction', column: name }, 'is a whole number'));
  return rules;
}

/** A date that only lacks the order of its parts has a rule of its own. */
function hasDatesApart({ role, reading }: ContractColumn): boolean {
  return hasDates[role] && reading.dateOrder === undefined;
}

const hasDates: Record<CellRole, boolean> = {
  number: false,
  category: false,
  boolean: false,
  time: true,
  label: false,
  key: false,
};

/** What a kind implies beyond its type. */
const rulesOfKind: Record<FeatureKind, (column: ContractColumn, roles: OtherRoles) => readonly RowRule[]> = {
  number: exactRules,
  category: () => [],
  boolean: () => [],
  time: (column, { isEventTime }) => timeFeatureRules(column, isEventTime),
};

/** Two keys beyond 2^53 can become one number: said of a feature, and refused of an entity. */
function exactRules({ name }: ContractColumn, { isEntity }: OtherRoles): readonly RowRule[] {
  return [
    {
      id: `${name}.exact`,
      severity: isEntity ? 'quarantine' : 'warn',
      isTyping: false,
      broken: { test: 'beyondExact', column: name },
      about: `${name} is no whole number beyond 2^53, which a number cannot tell from the next`,
      fix: `declare ${name} as a category, which keeps every digit`,
    },
  ];
}

const typeWords: Record<CellRole, string> = {
  number: 'is a finite number',
  boolean: 'is true or false',
  time: 'is an ISO 8601 time or epoch milliseconds',
  category: 'is text',
  label: 'is a label',
  key: 'is text',
};
