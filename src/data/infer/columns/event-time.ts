import { msPerUnit } from '../../../domain/cells/read-instant.ts';
import type { EpochUnit } from '../../../domain/spec/closed-sets.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { sayMany } from '../../../domain/words/say.ts';
import type { Duck } from '../../duck/connect.ts';
import { findEpoch, type Epoch } from '../../read/find-epoch.ts';
import { numberOf } from '../../read/cells/numbers.ts';
import { baseOf, cellText } from '../../read/read-lossless.ts';
import type { OpenTable } from '../../read/table-file.ts';
import type { ColumnScan } from './column-scan.ts';
import { possibleOrders, sayUnread } from './guess-dates.ts';
import type { GuessOptions } from './guess.ts';
import { guessKind } from './guess-kind.ts';

/** The column that orders the rows, and how its cells are read. */
export interface EventTimeRead {
  readonly column: string;
  readonly reading: TimeReading;
  /** It holds times and not only numbers. */
  readonly isTime: boolean;
  readonly notes: readonly string[];
}

/** Null where no column is named. Throws invalid_data where its dates have several readings and nobody said which. */
export async function readEventTime(
  duck: Duck,
  table: OpenTable,
  scans: readonly ColumnScan[],
  { time, ...options }: GuessOptions & { readonly time?: string },
): Promise<EventTimeRead | null> {
  const scan = scans.find(({ name }) => name === time);
  if (scan === undefined) return null;
  const guess = guessKind(scan, options);
  if (!guess.isTime && possibleOrders(scan).length > 1 && scan.dates.rows >= scan.filled * datesShareMin)
    throw new PerennialError('invalid_data', `--time ${sayUnread(scan).replace(/\.$/, '')}`, {
      path: '--time',
      hint: 'Say --date-order day-first, month-first or year-first.',
    });
  const cells = `SELECT ${cellText(table, scan.name, 'time')} AS text FROM ${baseOf(table)}`;
  const isNumber = !guess.isTime && scan.numbers > 0 && scan.numbers >= scan.filled * numberShareMin;
  const epoch = isNumber ? await findEpoch(duck, `SELECT ${numberOf('text')} AS key FROM (${cells})`) : null;
  return {
    column: scan.name,
    reading: epoch === null || msPerUnit[epoch.unit] === 1 ? guess.reading : { epochUnit: epoch.unit },
    isTime: guess.isTime,
    // Of a time that is a feature as well, the feature says the rest.
    notes: epoch === null ? [] : [sayEpoch(scan.name, epoch.unit, epoch)],
  };
}

/** Fewer dates are no column of dates, and fewer numbers no column of numbers. */
const datesShareMin = 0.9;
const numberShareMin = 0.98;

function sayEpoch(name: string, unit: EpochUnit, { rows, sentinels, low, high }: Epoch): string {
  const [first, last] = [low, high].map((value) => new Date(value * msPerUnit[unit]).toISOString());
  const rest = sentinels === 0 ? '' : `; ${sayMany(sentinels, 'other')} stand for no time`;
  const span = `${sayMany(rows, 'number')} lie from ${first ?? ''} to ${last ?? ''}`;
  return `${name} counts ${unit} since 1970: ${span}${rest}.`;
}
