import { shareOf, type Share } from './share.ts';

/** What was measured, and what was promised of it. */
export interface Figure {
  readonly what: string;
  readonly measured: Share;
  /** The promise: at most, or at least; none of a rule that stands beside ours. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly isKept: boolean;
}

/** Kept unless even the lower end of the interval of `count` of `n` lies above the limit. */
export function atMost(what: string, count: number, n: number, limit: number): Figure {
  const measured = shareOf(count, n);
  return { what, measured, atMost: limit, isKept: measured.low <= limit };
}

/** Kept unless even the upper end of the interval of `count` of `n` lies below the limit. */
export function atLeast(what: string, count: number, n: number, limit: number): Figure {
  const measured = shareOf(count, n);
  return { what, measured, atLeast: limit, isKept: measured.high >= limit };
}

/** What another rule does on the same rows: nothing is promised of it. */
export function beside(what: string, count: number, n: number): Figure {
  return { what, measured: shareOf(count, n), isKept: true };
}
