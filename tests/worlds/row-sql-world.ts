import { reservedWords } from '../../src/domain/row-sql/reserved-words.ts';
import type { RowSqlType } from '../../src/domain/row-sql/tree.ts';
import type { Random } from '../../src/statistics/numeric/random.ts';

// Expressions and rows from a seed, written with as few parentheses as may be: what a rule and the engine make of
// them has to be the same.

/** Columns of the rows, with names that need quotes and such that do not. */
export const rowSqlColumns: ReadonlyMap<string, RowSqlType> = new Map([
  ['price', 'number'],
  ['co st"', 'number'],
  ['Menge', 'number'],
  ['code', 'text'],
  ['land', 'text'],
  ['isNew', 'truth'],
  ['order', 'truth'],
  ['at', 'time'],
  ['due', 'time'],
]);

export type RowSqlCell = number | string | boolean | null;

const cells: Record<Exclude<RowSqlType, 'nothing'>, readonly RowSqlCell[]> = {
  number: [null, 0, -0, 1, 2, 2.5, -2.5, 0.5, 0.49999999999999994, 0.1, 3, -7, 1e308, -1e308, 5e-324, 2 ** 53, 1e-9],
  text: [null, 'DE', 'FR', 'DE1', 'a', 'ab', '', 'é', '😀', '\uffee', "it's", 'x\u0000y', ' DE ', 'DEDE'],
  truth: [null, true, false],
  time: [null, 0, -1, 1_714_744_980_000, 1_714_744_980_001, 1_704_067_200_000, 253_402_300_799_000],
};

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[random.integer(items.length)];
  if (item === undefined) throw new TypeError('nothing to pick from');
  return item;
};

/** A row, in the order of `rowSqlColumns`. */
export function rowSqlRow(random: Random): readonly RowSqlCell[] {
  return [...rowSqlColumns.values()].map((type) => pick(random, type === 'nothing' ? [null] : cells[type]));
}

const word = (random: Random, text: string): string =>
  pick(random, [text, text.toLowerCase(), text.slice(0, 1) + text.slice(1).toLowerCase()]);

function columnOf(random: Random, type: RowSqlType): string {
  const name = pick(
    random,
    [...rowSqlColumns].filter(([, one]) => one === type).map(([one]) => one),
  );
  const isPlain = /^\w+$/.test(name) && !reservedWords.has(name.toLowerCase());
  return isPlain && random.next() < 0.7 ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A literal with an exponent is a DOUBLE to the engine as well. */
const constants: Record<Exclude<RowSqlType, 'nothing'>, (random: Random) => string> = {
  number: (random) => pick(random, ['0e0', '1e0', '2.5e0', '.5e0', '3.E0', '1e308', '1e-9', '7e+0']),
  text: (random) => pick(random, ["'DE'", "'a'", "''", "'it''s'", "'😀'", "'E'"]),
  truth: (random) => word(random, pick(random, ['TRUE', 'FALSE'])),
  time: (random) => pick(random, ["'2024-01-01'", "'2024-05-03T14:03:00Z'", "'2024-05-03 14:03:00.001'"]),
};

type Make = (random: Random, depth: number) => string;

/** An expression of a type that may stand as an operand of whatever binds tighter. */
function operand(random: Random, type: RowSqlType, depth: number): string {
  return depth <= 0 || random.next() < 0.4 ? leaf(random, type) : `(${expression(random, type, depth - 1)})`;
}

function leaf(random: Random, type: RowSqlType): string {
  if (type === 'nothing' || random.next() < 0.06) return word(random, 'NULL');
  // A time that stands alone would be text to the engine.
  return type !== 'time' && random.next() < 0.3 ? constants[type](random) : columnOf(random, type);
}

const list = (random: Random, type: RowSqlType, depth: number): string =>
  Array.from({ length: 1 + random.integer(3) }, () => operand(random, type, depth)).join(', ');

const typed = (random: Random): 'number' | 'text' | 'truth' | 'time' =>
  pick(random, ['number', 'number', 'text', 'time', 'truth'] as const);

const arithmetic = ['+', '-', '*', '/', '%'];
const signs = ['=', '<>', '!=', '<', '<=', '>', '>='];
const ends = ['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS NOT FALSE', 'AND isNew', 'OR NOT isNew IS NULL'];

const numbers: readonly Make[] = [
  // Chains without parentheses: their order is what has to be the same.
  (random, depth) => {
    let text = operand(random, 'number', depth);
    for (let index = 0; index < 1 + random.integer(3); index++)
      text += ` ${pick(random, arithmetic)} ${pick(random, ['', '', '- '])}${operand(random, 'number', depth)}`;
    return text;
  },
  (random, depth) => `- ${operand(random, 'number', depth)}`,
  (random, depth) => `${pick(random, ['abs', 'CEIL', 'floor', 'round'])}(${inner(random, 'number', depth)})`,
  (random, depth) => `length(${inner(random, 'text', depth)})`,
  // To the engine it is a whole number, whose products overflow.
  (random) => `epoch_ms(${columnOf(random, 'time')}) + 0e0`,
];

function inner(random: Random, type: RowSqlType, depth: number): string {
  return expression(random, type, depth - 1);
}

const truths: readonly Make[] = [
  (random, depth) => {
    const type = typed(random);
    return `${operand(random, type, depth)} ${pick(random, signs)} ${operand(random, type, depth)}`;
  },
  (random, depth) => {
    let text = operand(random, 'truth', depth);
    for (let index = 0; index < 1 + random.integer(3); index++)
      text += ` ${pick(random, ['AND', 'or'])} ${pick(random, ['', '', 'NOT '])}${operand(random, 'truth', depth)}`;
    return text;
  },
  (random, depth) => {
    const [left, right] = [operand(random, 'number', depth), operand(random, 'number', depth)];
    const compared = `${left} + ${right} ${pick(random, signs)} ${left} * ${right}`;
    return `${pick(random, ['', 'NOT '])}${compared} ${pick(random, ends)}`;
  },
  (random, depth) => {
    const type = typed(random);
    const [one, low, high] = [0, 1, 2].map(() => operand(random, type, depth));
    return `${one} ${pick(random, ['BETWEEN', 'not between'])} ${low} AND ${high}`;
  },
  (random, depth) => {
    const type = typed(random);
    return `${operand(random, type, depth)} ${pick(random, ['IN', 'NOT IN'])} (${list(random, type, depth)})`;
  },
  (random, depth) => `${operand(random, typed(random), depth)} ${pick(random, ['IS NULL', 'IS NOT NULL'])}`,
  (random, depth) =>
    `${pick(random, ['contains', 'starts_with', 'ends_with'])}` +
    `(${inner(random, 'text', depth)}, ${inner(random, 'text', depth)})`,
  (random) => `${columnOf(random, 'time')} ${pick(random, ['<', '>=', '='])} ${constants.time(random)}`,
  (random) => `${columnOf(random, 'time')} IN (${constants.time(random)}, ${constants.time(random)})`,
];

const ofAnyType = (type: RowSqlType): readonly Make[] => [
  (random, depth) => `coalesce(${list(random, type, depth)}, ${leaf(random, type)})`,
  (random, depth) => `${pick(random, ['least', 'greatest'])}(${list(random, type, depth)}, ${leaf(random, type)})`,
  (random, depth) => `nullif(${operand(random, type, depth)}, ${leaf(random, type)})`,
  (random, depth) =>
    `CASE WHEN ${expression(random, 'truth', depth - 1)} THEN ${operand(random, type, depth)} ` +
    `${pick(random, ['', `ELSE ${leaf(random, type)} `])}END`,
];

function expression(random: Random, type: RowSqlType, depth: number): string {
  if (depth <= 0) return leaf(random, type);
  const own = type === 'number' ? numbers : type === 'truth' ? truths : [];
  return pick(random, [...own, ...own, ...ofAnyType(type)])(random, depth);
}

/** A condition, as a person would write it. */
export function rowSqlCondition(random: Random): string {
  return pick(random, truths)(random, 1 + random.integer(3));
}
