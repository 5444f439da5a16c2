import type { MissingPolicy } from '../../domain/spec/closed-sets.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { bareEventTimeOf, columnNamed, type CheckedColumn } from './checked-columns.ts';
import { compareRule } from './compare-rule.ts';
import { featureRules } from './feature-rules.ts';
import { shapeRule, type RowRule } from './row-rule.ts';
import { targetRules } from './target-rules.ts';
import { bareEventTimeRules } from './time-rules.ts';

/** What is asked of the rows of a table. */
export interface Asked {
  /** Unlabelled rows are normal in exported traffic and useless in history. */
  readonly unlabelled: MissingPolicy;
  /**
   * The rows were answered when they came. What was served is what is learnt from: ranges, sets, whole numbers and
   * missing values warn and are counted, or exactly the drift would be kept from every training.
   */
  readonly isLogged?: boolean;
}

/** Rules that features and target imply, then the declared ones that speak of single rows. */
export function rowRules(spec: RowsSpec, columns: readonly CheckedColumn[], asked: Asked): RowRule[] {
  const rules: RowRule[] = [{ ...shapeRule, broken: 'unreadable' }];
  for (const feature of spec.features) {
    const isNamed = (role: RowsSpec['entity']) => role?.column === feature.name;
    const roles = { isEntity: isNamed(spec.entity), isEventTime: isNamed(spec.eventTime) };
    rules.push(...featureRules(feature, columnNamed(columns, feature.name), roles));
  }
  const bare = bareEventTimeOf(spec);
  if (bare !== null) rules.push(...bareEventTimeRules(columnNamed(columns, bare)));
  const { target } = spec;
  if (target !== null) rules.push(...targetRules(target, columnNamed(columns, target.column), asked.unlabelled));
  if (spec.entity !== null && !spec.features.some((feature) => feature.name === spec.entity?.column)) {
    const entity = columnNamed(columns, spec.entity.column);
    rules.push({
      id: `${entity.name}.type`,
      severity: 'quarantine',
      isTyping: true,
      broken: entity.nested,
      about: `${entity.name} is text or a number`,
    });
  }
  for (const rule of spec.contract.rules) {
    if (rule.rule === 'compare') rules.push(compareRule(rule, columns));
  }
  return asked.isLogged === true ? rules.filter((rule) => rule.isOfFiles !== true).map(softened) : rules;
}

function softened(rule: RowRule): RowRule {
  return rule.isTyping ? rule : { ...rule, severity: 'warn' };
}
