import type { Condition, ConditionOf, RightSide } from '../../domain/contract/condition.ts';
import { lastYearMs } from '../../domain/contract/compile-condition.ts';
import { plausibleMs } from '../../domain/cells/read-instant.ts';
import { exactMax } from '../../domain/cells/read-number.ts';
import { columnNamed } from '../../domain/contract/contract-columns.ts';
import { isOneOf, literal, numeric } from '../duck/sql.ts';
import { constantOf } from '../read/cells/constant-of.ts';
import { isSentinel } from '../read/cells/instants.ts';
import { isBeyondExact } from '../read/cells/numbers.ts';
import { rowSqlText } from './row-sql-text.ts';
import type { CheckedColumn } from './checked-columns.ts';

/** A condition as SQL over the texts and values of the scan; NULL counts as kept. */
export function conditionSql(condition: Condition, columns: readonly CheckedColumn[]): string {
  const of = (name: string): CheckedColumn => columnNamed(columns, name);
  switch (condition.test) {
    case 'unreadable':
      return 'unreadable';
    case 'missing':
      return of(condition.column).missing;
    case 'nested':
      return of(condition.column).nested;
    case 'untyped': {
      const { missing, value, localDate } = of(condition.column);
      const isText = `${value} IS NULL AND NOT (${missing})`;
      return condition.isDateApart ? lazily(isText, `NOT (${localDate})`) : isText;
    }
    case 'localDate': {
      // What has a value is written otherwise.
      const { value, localDate } = of(condition.column);
      return lazily(`${value} IS NULL`, localDate);
    }
    case 'notOneOf': {
      const column = of(condition.column);
      const { value, nested, known } = column;
      const isOther = `${condition.isNestedApart ? `NOT ${nested} AND ` : ''}NOT ${isOneOf(value, condition.values)}`;
      return known === null || !hasAllWords(condition, column) ? isOther : lazily(`${known} IS NOT TRUE`, isOther);
    }
    case 'outside': {
      const { value } = of(condition.column);
      return between(value, condition);
    }
    case 'fraction': {
      const { value } = of(condition.column);
      return `${value} <> floor(${value})`;
    }
    case 'beyondExact': {
      const { text, value } = of(condition.column);
      return lazily(`abs(${value}) >= ${exactMax}`, isBeyondExact(text, value));
    }
    case 'implausibleEpoch': {
      const { plainNumber, value } = of(condition.column);
      // Not by `abs`, which fails the whole batch at the least of all BIGINTs.
      const isNear = `(${value} > -${plausibleMs.from} AND ${value} < ${plausibleMs.from})`;
      return lazily(`${isNear} OR ${value} > ${plausibleMs.through}`, plainNumber);
    }
    case 'sentinel':
      return isSentinel(of(condition.column).value);
    case 'sentinelKey': {
      const lastYear = `${lastYearMs.from} AND ${lastYearMs.through}`;
      return isSentinel(`CASE WHEN event_instant OR event_key BETWEEN ${lastYear} THEN event_key END`);
    }
    case 'placeless': {
      const { missing, localDate } = of(condition.column);
      return lazily('event_key IS NULL', `NOT (${missing}) AND NOT (${condition.isDateApart ? localDate : 'false'})`);
    }
    case 'comparison':
      return `NOT (${comparison(condition, columns)})`;
    case 'length':
      return between(`CAST(length(${of(condition.column).text}) AS DOUBLE)`, condition);
    case 'pattern':
      return `NOT regexp_full_match(${of(condition.column).text}, ${literal(condition.pattern)})`;
    case 'expression':
      return `NOT ${rowSqlText(condition.tree, (name) => of(name).value)}`;
    case 'decimals': {
      const { value } = of(condition.column);
      const scale = numeric(Number(`1e${condition.scale}`));
      const whole = numeric(Number(`1e${condition.whole}`));
      return `abs(${value}) >= ${whole} OR floor(${value} * ${scale} + 0.5) / ${scale} <> ${value}`;
    }
  }
}

/** Whether a declared word of the column is never other than the values of the rule. */
export function hasAllWords({ values }: ConditionOf<'notOneOf'>, { declared }: CheckedColumn): boolean {
  return declared.words.every((word) => values.includes(word));
}

/**
 * Both, but the second is asked of the rows alone of which the first holds: the engine changes the order of an AND, and
 * what is asked of a text may cost a hundred times as much.
 */
function lazily(first: string, second: string): string {
  return second === 'false' ? 'false' : `CASE WHEN ${first} THEN ${second} END`;
}

function between(value: string, { min, max }: { readonly min?: number; readonly max?: number }): string {
  const bounds = [
    ...(min === undefined ? [] : [`${value} < ${numeric(min)}`]),
    ...(max === undefined ? [] : [`${value} > ${numeric(max)}`]),
  ];
  return bounds.join(' OR ');
}

function comparison({ left, op, right }: ConditionOf<'comparison'>, columns: readonly CheckedColumn[]): string {
  const column = columnNamed(columns, left);
  return `${column.value} ${op === '!=' ? '<>' : op} ${rightSide(right, column, columns)}`;
}

function rightSide(right: RightSide, left: CheckedColumn, columns: readonly CheckedColumn[]): string {
  return 'column' in right ? columnNamed(columns, right.column).value : constantOf(left.role, right.value);
}
