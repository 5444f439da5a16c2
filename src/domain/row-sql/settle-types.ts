import { readIso } from '../cells/read-instant.ts';
import { RowSqlFault } from './fault.ts';
import { isFunction, type Written } from './grammar.ts';
import type { RowSql, RowSqlOperator, RowSqlType } from './tree.ts';

/** Of what type a column is; null where there is none of that name. */
export type TypeOfColumn = (name: string) => RowSqlType | null;

/**
 * Gives every part its type. Nothing is cast but a text that stands beside a time, which is read as one. Throws
 * RowSqlFault where types do not fit.
 */
export function settleTypes(written: Written, typeOf: TypeOfColumn): RowSql {
  switch (written.node) {
    case 'column': {
      const type = typeOf(written.name);
      if (type === null) throw new UnknownColumn(written.name);
      return { ...written, type };
    }
    case 'constant':
      return { ...written, type: typeOfConstant(written.value) };
    case 'call': {
      const { op } = written;
      const { of, type } = rules[op](
        written.of.map((one) => settleTypes(one, typeOf)),
        sayOperator(op),
      );
      return { node: 'call', op, of, type };
    }
  }
}

/** A column that the definition does not have. */
export class UnknownColumn extends RowSqlFault {
  readonly column: string;

  constructor(column: string) {
    super(`there is no column ${column}`, 'Name a declared column.');
    this.name = 'UnknownColumn';
    this.column = column;
  }
}

function typeOfConstant(value: number | string | boolean | null): RowSqlType {
  if (value === null) return 'nothing';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'truth' : 'text';
}

interface Settled {
  readonly of: readonly RowSql[];
  readonly type: RowSqlType;
}
type Rule = (of: readonly RowSql[], name: string) => Settled;

/** Of one type each, whatever the others are. */
function taking(taken: RowSqlType, count: number | 'any', type: RowSqlType): Rule {
  return (of, name) => {
    refuseCount(of, name, count);
    for (const one of of)
      if (one.type !== taken && one.type !== 'nothing')
        throw new RowSqlFault(`${name} takes ${typeWords[taken]} and is given ${typeWords[one.type]}`, fixes[taken]);
    return { of, type };
  };
}

/** All of the same type, which may be any; `type` null: that one is the type of the result. */
function alike(count: number | 'any', type: RowSqlType | null): Rule {
  return (of, name) => {
    refuseCount(of, name, count);
    const { of: settled, type: common } = unified(of, name);
    return { of: settled, type: type ?? common };
  };
}

/** Whatever it is. */
const anything: Rule = (of) => ({ of, type: 'truth' });

const conditions: Rule = (of, name) => {
  const last = of.length - 1;
  const isCondition = (index: number) => index < last && index % 2 === 0;
  taking(
    'truth',
    'any',
    'truth',
  )(
    of.filter((_, index) => isCondition(index)),
    'WHEN',
  );
  const { of: values, type } = unified(
    of.filter((_, index) => !isCondition(index)),
    name,
  );
  let next = 0;
  return { of: of.map((one, index) => (isCondition(index) ? one : (values[next++] ?? one))), type };
};

const arithmetic = taking('number', 2, 'number');
const ofNumber = taking('number', 1, 'number');
const comparison = alike(2, 'truth');
const ofTexts = taking('text', 2, 'truth');

const rules: Record<RowSqlOperator, Rule> = {
  or: taking('truth', 2, 'truth'),
  and: taking('truth', 2, 'truth'),
  not: taking('truth', 1, 'truth'),
  '=': comparison,
  '<>': comparison,
  '<': comparison,
  '<=': comparison,
  '>': comparison,
  '>=': comparison,
  '+': arithmetic,
  '-': arithmetic,
  '*': arithmetic,
  '/': arithmetic,
  '%': arithmetic,
  negate: ofNumber,
  isNull: anything,
  isTrue: taking('truth', 1, 'truth'),
  isFalse: taking('truth', 1, 'truth'),
  between: alike(3, 'truth'),
  in: alike('any', 'truth'),
  case: conditions,
  abs: ofNumber,
  ceil: ofNumber,
  floor: ofNumber,
  round: ofNumber,
  coalesce: alike('any', null),
  greatest: alike('any', null),
  least: alike('any', null),
  nullif: alike(2, null),
  length: taking('text', 1, 'number'),
  contains: ofTexts,
  starts_with: ofTexts,
  ends_with: ofTexts,
  epoch_ms: taking('time', 1, 'number'),
};

function refuseCount(of: readonly RowSql[], name: string, count: number | 'any'): void {
  if (count === 'any' || of.length === count) return;
  const asked = count === 1 ? 'one value' : `${count} values`;
  throw new RowSqlFault(`${name} takes ${asked} and is given ${of.length}`, `Give it ${asked}.`);
}

/** Makes one type of what stands side by side: a constant text beside a time is one, and NULL is of any. */
function unified(of: readonly RowSql[], name: string): Settled {
  const hasTime = of.some(({ type }) => type === 'time');
  const settled = hasTime ? of.map(asTime) : of;
  const known = settled.filter(({ type }) => type !== 'nothing');
  const type = known[0]?.type ?? 'nothing';
  const other = known.find((one) => one.type !== type);
  if (other === undefined) return { of: settled, type };
  throw new RowSqlFault(
    `${name} stands between ${typeWords[type]} and ${typeWords[other.type]}`,
    [type, other.type].includes('time') && [type, other.type].includes('number')
      ? 'Use epoch_ms(...) of the time, or write the time as text.'
      : 'Compare values of one type.',
  );
}

function asTime(one: RowSql): RowSql {
  if (one.node !== 'constant' || typeof one.value !== 'string') return one;
  const value = isoText.test(one.value) ? readIso(one.value) : null;
  if (value === null)
    throw new RowSqlFault(`'${one.value}' is no time`, "Write an ISO 8601 time such as '2026-05-03T14:03:00Z'.");
  return { node: 'constant', value, type: 'time' };
}

/** As it is written in definitions: stricter than what files may hold. */
const isoText = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const typeWords: Record<RowSqlType, string> = {
  number: 'a number',
  text: 'text',
  truth: 'a condition',
  time: 'a time',
  nothing: 'NULL',
};

const fixes: Record<RowSqlType, string> = {
  number: 'Use a number; of a time epoch_ms(...) is one.',
  text: 'Use a category, a label or the entity.',
  truth: 'Use a comparison, or a boolean.',
  time: 'Use a time feature or the event time.',
  nothing: 'Use NULL.',
};

function sayOperator(op: RowSqlOperator): string {
  if (op === 'negate') return '-';
  if (!isFunction(op)) return op.replace(/^is/, 'is ').toUpperCase();
  return `${op}()`;
}
