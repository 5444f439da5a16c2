import type { ValueStatus } from './closed-sets.ts';

/** How the values of one view stood that a row was answered with. */
export interface ViewUse {
  readonly view: string;
  /** The revision, by its digest. */
  readonly digest: string;
  readonly status: ValueStatus;
  /** Moment less event time of the latest row, in milliseconds; null where there is none. */
  readonly ageMs: number | null;
  /** The moment that was looked at, epoch milliseconds. */
  readonly atMs: number;
  /** Features that the request brought itself. */
  readonly given: number;
  /** The store did not answer in time: nothing is known of the entity. */
  readonly isLate?: true | undefined;
}
