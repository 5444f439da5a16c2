import { boundsOf, isText, valuesOf } from '../../domain/features/kind-of.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import { isOneOf, numeric } from '../duck/sql.ts';
import type { CellRole } from '../read/read-lossless.ts';
import type { CheckedColumn } from './checked-columns.ts';
import type { RowRule } from './row-rule.ts';

/** What a declared feature implies: its type, whether it may be missing, its values or bounds. */
export function featureRules(feature: FeatureSpec, column: CheckedColumn): RowRule[] {
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
      : rule('type', `${text} IS NOT NULL AND ${value} IS NULL`, typeWords[feature.kind]),
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

const typeWords: Record<CellRole, string> = {
  number: 'is a finite number',
  boolean: 'is true or false',
  time: 'is an ISO 8601 time or epoch milliseconds',
  category: 'is text',
  label: 'is a label',
  key: 'is text',
};
