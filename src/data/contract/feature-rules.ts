import { boundsOf, isText, valuesOf } from '../../domain/features/kind-of.ts';
import type { FeatureKind, FeatureSpec } from '../../domain/spec/spec.ts';
import { isOneOf, numeric } from '../duck/sql.ts';
import { isLocalDate } from '../read/instants.ts';
import { isBeyondExact } from '../read/numbers.ts';
import type { CellRole } from '../read/read-lossless.ts';
import type { CheckedColumn } from './checked-columns.ts';
import type { RowRule } from './row-rule.ts';
import { timeFeatureRules } from './time-rules.ts';

/** What else a column is to the model whose feature it is. */
interface OtherRoles {
  readonly isEntity: boolean;
  readonly isEventTime: boolean;
}

/** What a declared feature implies: its type, whether it may be missing, its values or bounds. */
export function featureRules(feature: FeatureSpec, column: CheckedColumn, roles: OtherRoles): RowRule[] {
  const { text, value, nested } = column;
  const rule = (name: string, broken: string, about: string): RowRule => ({
    id: `${feature.name}.${name}`,
    severity: 'quarantine',
    isTyping: name === 'type',
    broken,
    about: `${feature.name} ${about}`,
  });
  const rules = [
    isText(feature)
      ? rule('type', nested, 'is text')
      : rule('type', `${text} IS NOT NULL AND ${value} IS NULL${typeElsewhere(column)}`, typeWords[feature.kind]),
    ...rulesOfKind[feature.kind](column, roles),
  ];
  if (feature.missing === 'refuse') rules.push(rule('missing', `${text} IS NULL`, 'is present'));
  const values = valuesOf(feature);
  if (values !== null) {
    rules.push(
      rule(
        'values',
        `NOT ${nested} AND NOT ${isOneOf(value, values)}`,
        `is one of ${values.slice(0, 8).join(', ')}${values.length > 8 ? ', …' : ''}`,
      ),
    );
  }
  const { min, max, integer } = boundsOf(feature);
  const bounds = [
    min === undefined ? [] : [`${value} < ${numeric(min)}`],
    max === undefined ? [] : [`${value} > ${numeric(max)}`],
  ].flat();
  if (bounds.length > 0) rules.push(rule('range', bounds.join(' OR '), `lies from ${min ?? '-∞'} to ${max ?? '∞'}`));
  if (integer === true) rules.push(rule('integer', `${value} <> floor(${value})`, 'is a whole number'));
  return rules;
}

/** A date that only lacks the order of its parts has a rule of its own. */
function typeElsewhere({ role, text, reading }: CheckedColumn): string {
  return hasDates[role] && reading.dateOrder === undefined ? ` AND NOT (${isLocalDate(text)})` : '';
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
const rulesOfKind: Record<FeatureKind, (column: CheckedColumn, roles: OtherRoles) => readonly RowRule[]> = {
  number: exactRules,
  category: () => [],
  boolean: () => [],
  time: (column, { isEventTime }) => timeFeatureRules(column, isEventTime),
};

/** Two keys beyond 2^53 can become one number: said of a feature, and refused of an entity. */
function exactRules({ name, text, value }: CheckedColumn, { isEntity }: OtherRoles): readonly RowRule[] {
  return [
    {
      id: `${name}.exact`,
      severity: isEntity ? 'quarantine' : 'warn',
      isTyping: false,
      broken: isBeyondExact(text, value),
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
