import { dateOrders, type DateOrder } from '../../../domain/spec/closed-sets.ts';

/** Cells of one sort: how many, and the line of the first; null where there is none. */
export interface Tally {
  readonly rows: number;
  readonly line: number | null;
}

/** What the cells of one column look like, over the whole table. */
export interface ColumnScan extends ColumnTallies {
  readonly name: string;
  readonly rows: number;
  /** Cells with a text. */
  readonly present: number;
  /** Of these, the ones whose text is no word for a missing number. */
  readonly filled: number;
  /** Finite numbers, whole numbers, numbers whose text may say more, texts with a point that end in a zero. */
  readonly numbers: number;
  readonly integers: number;
  readonly oddNumbers: number;
  readonly zeroEnds: number;
  /** The fewest digits behind a decimal point. */
  readonly decimalsMin: number;
  /** The words true and false; these and other words of truth. */
  readonly truths: number;
  readonly truthWords: number;
  /** ISO 8601 times, and dates whose order of parts is not said. */
  readonly times: number;
  readonly dateLike: number;
  readonly nested: number;
  /** Approximate, but exact where it is near to `present` in a table of up to a million rows. */
  readonly distinct: number;
  readonly isConstant: boolean;
  /** The same among the filled cells. */
  readonly isConstantBeside: boolean;
  readonly min: number | null;
  readonly max: number | null;
  readonly standardDeviation: number | null;
  /** Mean length of the text in characters. */
  readonly length: number;
  /** Correlation with the place in the file; 1 for a running number. */
  readonly placeCorrelation: number | null;
}

/** What is counted with the line of the first; nothing where all cells of a column are alike. */
export interface ColumnTallies {
  /** Words for a missing number, and the most frequent of them. */
  readonly absent: Tally & { readonly word: string };
  /** Numbers with a decimal point. */
  readonly points: number;
  /** Numbers whose text is more than their value: 00907, 1E5, 9007199254740993, 10.10. */
  readonly zeros: Tally;
  readonly exponents: Tally;
  readonly beyond: Tally;
  readonly trailing: Tally;
  /** Texts of which another one has the same value; counted where some end in zeros and others do not. */
  readonly twins: number;
  /** Words of truth other than true and false. */
  readonly yesNo: Tally;
  /** Times with a clock and no zone; times that stand for "never". */
  readonly naive: Tally;
  readonly sentinels: Tally;
  /** Dates whose order of parts is not said, those that an order cannot read, and the first that orders read apart. */
  readonly dates: Tally & {
    readonly unread: Readonly<Record<DateOrder, Tally>>;
    readonly example: { readonly text: string; readonly line: number | null };
  };
  /** Filled cells that are no number, and that are no time. */
  readonly noNumbers: Tally;
  readonly noTimes: Tally;
}

type Row = Readonly<Record<string, unknown>>;

/** The scan of the column that stands at `index` in a row of aggregates. */
export function scanOf(name: string, index: number, row: Row): ColumnScan {
  const count = (key: string) => numberIn(row, `${key}${index}`) ?? 0;
  return {
    name,
    rows: numberIn(row, 'rows') ?? 0,
    present: count('present'),
    filled: count('filled'),
    numbers: count('numbers'),
    integers: count('integers'),
    oddNumbers: count('odd'),
    zeroEnds: count('zeroEnds'),
    decimalsMin: count('decimals'),
    truths: count('truths'),
    truthWords: count('truthWords'),
    times: count('times'),
    dateLike: count('dates'),
    nested: count('nested'),
    distinct: count('distinct'),
    isConstant: row[`constant${index}`] === true,
    isConstantBeside: row[`constantCell${index}`] === true,
    min: numberIn(row, `min${index}`),
    max: numberIn(row, `max${index}`),
    standardDeviation: numberIn(row, `deviation${index}`),
    length: count('length'),
    placeCorrelation: numberIn(row, `place${index}`),
    ...talliesOf(index, {}),
  };
}

/** The tallies of the column that stands at `index` in a row of sums. */
export function talliesOf(index: number, row: Row): ColumnTallies {
  const count = (key: string) => numberIn(row, `${key}${index}`) ?? 0;
  const tally = (key: string): Tally => ({ rows: count(key), line: numberIn(row, `${key}Line${index}`) });
  const text = (key: string) => String(row[`${key}${index}`] ?? '');
  const none: Tally = { rows: 0, line: null };
  const [dayFirst = none, monthFirst = none, yearFirst = none] = dateOrders.map((_, place) =>
    tally(`notInOrder${place}n`),
  );
  return {
    absent: { ...tally('absent'), word: text('word') },
    points: count('points'),
    zeros: tally('zeros'),
    exponents: tally('exponents'),
    beyond: tally('beyond'),
    trailing: tally('trailing'),
    twins: 0,
    yesNo: tally('yesNo'),
    naive: tally('naive'),
    sentinels: tally('sentinels'),
    dates: {
      ...tally('dates'),
      unread: { 'day-first': dayFirst, 'month-first': monthFirst, 'year-first': yearFirst },
      example: { text: text('date'), line: tally('example').line },
    },
    noNumbers: tally('noNumbers'),
    noTimes: tally('noTimes'),
  };
}

function numberIn(row: Row, key: string): number | null {
  const value = row[key];
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
