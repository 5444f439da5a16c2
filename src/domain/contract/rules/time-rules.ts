import { epochUnits } from '../../spec/closed-sets.ts';
import { sayChoice } from '../../words/say.ts';
import type { Condition } from '../condition.ts';
import type { ContractColumn } from '../contract-columns.ts';
import type { RowRule } from '../row-rule.ts';

export function eventTimeRuleId(column: string): string {
  return `${column}.eventTime`;
}

export function sentinelRuleId(column: string): string {
  return `${column}.sentinel`;
}

export function epochRuleId(column: string): string {
  return `${column}.epoch`;
}

/** What a time feature implies beyond its type: an instant that is one, and that is written as it is declared. */
export function timeFeatureRules(column: ContractColumn, isEventTime: boolean): RowRule[] {
  const { name, reading } = column;
  return [
    ...dateOrderRules(column),
    ...(reading.epochUnit === undefined
      ? [
          {
            id: epochRuleId(name),
            severity: 'quarantine',
            isTyping: false,
            isOfFiles: true,
            broken: { test: 'implausibleEpoch', column: name },
            // Seconds that are taken for milliseconds lie in January 1970.
            about: `${name} is an instant from 1973 to 9999 as epoch milliseconds`,
            fix: `declare the epochUnit of ${name}: ${sayChoice(epochUnits)}`,
          } as const,
        ]
      : []),
    sentinelRule(name, { test: 'sentinel', column: name }, isEventTime),
  ];
}

/** What an event time that is no feature has to be. */
export function bareEventTimeRules(column: ContractColumn): RowRule[] {
  const { name, reading } = column;
  return [
    ...dateOrderRules(column),
    {
      id: eventTimeRuleId(name),
      severity: 'quarantine',
      isTyping: true,
      broken: { test: 'placeless', column: name, isDateApart: reading.dateOrder === undefined },
      about: aboutEventTime(name),
    },
    sentinelRule(name, { test: 'sentinelKey' }, true),
  ];
}

export function aboutEventTime(name: string): string {
  return `${name} (the event time) is a time or a number`;
}

/** A row without a place in time is set aside; a time that is only a feature is counted. */
function sentinelRule(name: string, broken: Condition, isEventTime: boolean): RowRule {
  return {
    id: sentinelRuleId(name),
    severity: isEventTime ? 'quarantine' : 'warn',
    isTyping: false,
    isOfFiles: true,
    broken,
    about: `${name} is a time and no word for one, such as 9999-12-31`,
  };
}

function dateOrderRules({ name, reading }: ContractColumn): RowRule[] {
  if (reading.dateOrder !== undefined) return [];
  return [
    {
      id: `${name}.dateOrder`,
      severity: 'quarantine',
      isTyping: true,
      isOfFiles: true,
      broken: { test: 'localDate', column: name },
      about: `${name} says its year first, or declares the order of its parts`,
      fix: `declare the dateOrder of ${name}: 01/02/2024 is 1 February or 2 January`,
    },
  ];
}
