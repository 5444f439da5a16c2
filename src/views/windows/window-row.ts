export type CellValue = number | string | boolean | null;

/** One row of a view, of one entity, as windows look at it. */
export interface WindowRow {
  readonly eventMs: number;
  readonly availableMs: number;
  /** Its place in the source: later rows have larger ones. */
  readonly seq: number;
  /** Names the event in a view with `rowId`; null in others. */
  readonly id: string | null;
  /** By column. Instants are epoch milliseconds. */
  readonly values: Readonly<Record<string, CellValue>>;
}

/** When a row begins to count: it has happened, and is available. */
export function knownMsOf({ eventMs, availableMs }: Pick<WindowRow, 'eventMs' | 'availableMs'>): number {
  return Math.max(eventMs, availableMs);
}

type Place = Pick<WindowRow, 'eventMs' | 'availableMs' | 'seq'>;

/** The total order of the rows of an entity: event time, available time, place in the source. */
export function isAfter(one: Place, other: Place): boolean {
  if (one.eventMs !== other.eventMs) return one.eventMs > other.eventMs;
  return isNewer(one, other);
}

/** Which of two rows of one id counts: the one that was available last, wherever it puts the event. */
export function isNewer(one: Omit<Place, 'eventMs'>, other: Omit<Place, 'eventMs'>): boolean {
  if (one.availableMs !== other.availableMs) return one.availableMs > other.availableMs;
  return one.seq > other.seq;
}
