import type { MissingPolicy } from '../spec/closed-sets.ts';
import type { RowsSpec } from '../spec/columns/rows-spec.ts';
import { bareEventTimeOf, columnNamed, contractColumns } from './contract-columns.ts';
import { shapeRule, type RowRule } from './row-rule.ts';
import { declaredRowRule } from './rules/declared-rules.ts';
import { featureRules } from './rules/feature-rules.ts';
import { targetRules } from './rules/target-rules.ts';
import { bareEventTimeRules } from './rules/time-rules.ts';

/** What is asked of rows. */
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
export function rowRules(spec: RowsSpec, asked: Asked): readonly RowRule[] {
  const columns = contractColumns(spec);
  const rules: RowRule[] = [shapeRule];
  for (const feature of spec.features) {
    const isNamed = (role: RowsSpec['entity']) => role?.column === feature.name;
    const roles = { isEntity: isNamed(spec.entity), isEventTime: isNamed(spec.eventTime) };
    rules.push(...featureRules(feature, columnNamed(columns, feature.name), roles));
  }
  const bare = bareEventTimeOf(spec);
  if (bare !== null) rules.push(...bareEventTimeRules(columnNamed(columns, bare)));
  if (spec.target !== null) rules.push(...targetRules(spec.target, asked.unlabelled));
  const { entity } = spec;
  if (entity !== null && !spec.features.some(({ name }) => name === entity.column)) {
    rules.push({
      id: `${entity.column}.type`,
      severity: 'quarantine',
      isTyping: true,
      broken: { test: 'nested', column: entity.column },
      about: `${entity.column} is text or a number`,
    });
  }
  rules.push(...spec.contract.rules.flatMap((rule) => declaredRowRule(spec, rule) ?? []));
  return asked.isLogged === true ? rules.filter((rule) => rule.isOfFiles !== true).map(softened) : rules;
}

function softened(rule: RowRule): RowRule {
  return rule.isTyping ? rule : { ...rule, severity: 'warn' };
}
