import type { Aggregate } from '../../domain/view/closed-sets.ts';
import type { WindowFeature } from '../../domain/view/view-spec.ts';
import { isAfter, type CellValue, type WindowRow } from './window-row.ts';
import { estimateOf, placeOf } from './distinct.ts';

/**
 * What the rows of one tile come to for one feature: plain JSON, so that it can be stored. Only the members that the
 * aggregate needs are set.
 */
export interface Cell {
  /** Rows that count. */
  readonly n: number;
  /** Sums with what rounding took from them (Neumaier), of the column and of the denominator. */
  readonly sum?: Sum;
  readonly over?: Sum;
  readonly least?: number;
  readonly most?: number;
  readonly last?: LastValue;
  /** Ranks of a sketch by register, empty ones left out. */
  readonly ranks?: Readonly<Record<string, number>>;
}

interface LastValue extends Pick<WindowRow, 'eventMs' | 'availableMs' | 'seq'> {
  readonly value: CellValue;
}

type Sum = readonly [sum: number, lost: number];

export const emptyCell: Cell = { n: 0 };

/** The cell of one row. */
export function cellOf(
  { aggregate, column, over }: Pick<WindowFeature, 'aggregate' | 'column' | 'over'>,
  row: WindowRow,
): Cell {
  if (column === null) return { n: 1 };
  const value = row.values[column] ?? null;
  if (aggregate === 'ratio') return ratioCell(value, row.values[over ?? ''] ?? null);
  return value === null ? emptyCell : cellMakers[aggregate](value, row);
}

const cellMakers: Record<Exclude<Aggregate, 'ratio'>, (value: NonNullable<CellValue>, row: WindowRow) => Cell> = {
  count: () => ({ n: 1 }),
  sum: (value) => ({ n: 1, sum: sumOf(value) }),
  mean: (value) => ({ n: 1, sum: sumOf(value) }),
  min: (value) => ({ n: 1, least: Number(value) }),
  max: (value) => ({ n: 1, most: Number(value) }),
  last: (value, { eventMs, availableMs, seq }) => ({ n: 1, last: { eventMs, availableMs, seq, value } }),
  distinct(value) {
    const { register, rank } = placeOf(String(value));
    return { n: 1, ranks: { [register]: rank } };
  },
};

/** Each side is summed over the rows that have it. */
function ratioCell(value: CellValue, over: CellValue): Cell {
  return { n: 1, sum: value === null ? [0, 0] : sumOf(value), over: over === null ? [0, 0] : sumOf(over) };
}

function sumOf(value: NonNullable<CellValue>): Sum {
  return [Number(value), 0];
}

/** What the rows of two cells come to. Commutative; associative but for the last bits of sums. */
export function merged(left: Cell, right: Cell): Cell {
  if (left.n === 0) return right;
  if (right.n === 0) return left;
  const cell: { -readonly [Member in keyof Cell]: Cell[Member] } = { n: left.n + right.n };
  const sum = both(left.sum, right.sum, added);
  if (sum !== undefined) cell.sum = sum;
  const over = both(left.over, right.over, added);
  if (over !== undefined) cell.over = over;
  const least = both(left.least, right.least, Math.min);
  if (least !== undefined) cell.least = least;
  const most = both(left.most, right.most, Math.max);
  if (most !== undefined) cell.most = most;
  const last = both(left.last, right.last, later);
  if (last !== undefined) cell.last = last;
  const ranks = both(left.ranks, right.ranks, highest);
  if (ranks !== undefined) cell.ranks = ranks;
  return cell;
}

/** What one side lacks the other one says. */
function both<Member>(
  left: Member | undefined,
  right: Member | undefined,
  join: (left: Member, right: Member) => Member,
): Member | undefined {
  return left === undefined || right === undefined ? (left ?? right) : join(left, right);
}

function later(one: LastValue, other: LastValue): LastValue {
  return isAfter(other, one) ? other : one;
}

/** Neumaier's sum: what rounding takes from it is carried beside it. */
function added([left, leftLost]: Sum, [right, rightLost]: Sum): Sum {
  const sum = left + right;
  const lost = Math.abs(left) >= Math.abs(right) ? left - sum + right : right - sum + left;
  return [sum, leftLost + rightLost + lost];
}

function highest(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const ranks = { ...left };
  for (const [register, rank] of Object.entries(right)) ranks[register] = Math.max(ranks[register] ?? 0, rank);
  return ranks;
}

/** The value of a feature by the cell of its whole window; null where there is none. */
export function valueOf(aggregate: Aggregate, cell: Cell): CellValue {
  return values[aggregate](cell);
}

const values: Record<Aggregate, (cell: Cell) => CellValue> = {
  count: ({ n }) => n,
  sum: ({ sum }) => totalOf(sum),
  mean: ({ n, sum }) => (n === 0 ? null : totalOf(sum) / n),
  min: ({ least }) => least ?? null,
  max: ({ most }) => most ?? null,
  last: ({ last }) => last?.value ?? null,
  distinct({ ranks = {} }) {
    const used = Object.values(ranks);
    return estimateOf(
      used.length,
      used.reduce((sum, rank) => sum + 1 / 2 ** rank, 0),
    );
  },
  ratio({ sum, over }) {
    const denominator = totalOf(over);
    return denominator === 0 ? null : totalOf(sum) / denominator;
  },
};

function totalOf(sum: Sum | undefined): number {
  return sum === undefined ? 0 : sum[0] + sum[1];
}
