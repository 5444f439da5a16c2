import type { DateOrder, EpochUnit } from '../closed-sets.ts';

/**
 * How files write the instants of a column, as far as a cell does not say it itself. Requests need none of it: there an
 * instant is ISO 8601 text or epoch milliseconds.
 */
export interface TimeReading {
  /** Of dates such as 04/07/20; without it they are set aside and never guessed. */
  readonly dateOrder?: DateOrder;
  /** IANA zone of times that name none; absent: UTC, on every machine. */
  readonly timeZone?: string;
  /** Of plain numbers; absent: milliseconds. */
  readonly epochUnit?: EpochUnit;
}
