import { epochUnits } from '../../domain/spec/closed-sets.ts';
import { sayChoice } from '../../domain/words/say.ts';
import { epochMsMax, isLocalDate, isSentinel, plausibleMs } from '../read/instants.ts';
import type { CheckedColumn } from './checked-columns.ts';
import type { RowRule } from './row-rule.ts';

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
export function timeFeatureRules(column: CheckedColumn, isEventTime: boolean): RowRule[] {
  const { name, text, value, reading } = column;
  const isNumber = `regexp_full_match(${text}, '-?\\d+(\\.\\d+)?')`;
  return [
    ...dateOrderRules(column),
    ...(reading.epochUnit === undefined
      ? [
          {
            id: epochRuleId(name),
            severity: 'quarantine',
            isTyping: false,
            isOfFiles: true,
            broken: `(abs(${value}) < ${plausibleMs.from} OR ${value} > ${plausibleMs.through}) AND ${isNumber}`,
            // Seconds that are taken for milliseconds lie in January 1970.
            about: `${name} is an instant from 1973 to 9999 as epoch milliseconds`,
            fix: `declare the epochUnit of ${name}: ${sayChoice(epochUnits)}`,
          } as const,
        ]
      : []),
    sentinelRule(name, value, isEventTime),
  ];
}

/** What an event time that is no feature has to be; `event_key` and `event_instant` are made of it. */
export function bareEventTimeRules(column: CheckedColumn): RowRule[] {
  const { name, text, reading } = column;
  const needsOrder = reading.dateOrder === undefined ? isLocalDate(text) : 'false';
  return [
    ...dateOrderRules(column),
    {
      id: eventTimeRuleId(name),
      severity: 'quarantine',
      isTyping: true,
      broken: `${text} IS NOT NULL AND event_key IS NULL AND NOT (${needsOrder})`,
      about: `${name} (the event time) is a time or a number`,
    },
    // A counter orders rows and is no time, except where it says the last year that calendars know.
    sentinelRule(name, `CASE WHEN event_instant OR event_key BETWEEN ${lastYear} THEN event_key END`, true),
  ];
}

const lastYear = `${Date.UTC(9999, 0, 1)} AND ${epochMsMax}`;

/** A row without a place in time is set aside; a time that is only a feature is counted. */
function sentinelRule(name: string, ms: string, isEventTime: boolean): RowRule {
  return {
    id: sentinelRuleId(name),
    severity: isEventTime ? 'quarantine' : 'warn',
    isTyping: false,
    isOfFiles: true,
    broken: isSentinel(ms),
    about: `${name} is a time and no word for one, such as 9999-12-31`,
  };
}

function dateOrderRules({ name, text, reading }: CheckedColumn): RowRule[] {
  if (reading.dateOrder !== undefined) return [];
  return [
    {
      id: `${name}.dateOrder`,
      severity: 'quarantine',
      isTyping: true,
      isOfFiles: true,
      broken: isLocalDate(text),
      about: `${name} says its year first, or declares the order of its parts`,
      fix: `declare the dateOrder of ${name}: 01/02/2024 is 1 February or 2 January`,
    },
  ];
}
