/** `damaged`: its bytes are not what its digest says. `missing`: something needs it, and it is not there. */
export const damageStates = ['damaged', 'missing'] as const;
export type DamageState = (typeof damageStates)[number];

/** Where a round of reading all files stands. */
export interface ScrubRound {
  readonly startedAtMs: number;
  /** The last digest that was looked at; empty at the beginning. */
  readonly through: string;
}

/**
 * How far a round is to have come by now: digests before this are due, all of them once the period is over. Digests are
 * spread evenly, so a period is spread over them by their first eight digits, and each file is read once per period at
 * about the same time of it.
 */
export function dueBefore({ startedAtMs }: Pick<ScrubRound, 'startedAtMs'>, periodMs: number, nowMs: number): string {
  const share = (nowMs - startedAtMs) / periodMs;
  if (share >= 1) return afterAll;
  return Math.floor(Math.max(0, share) * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}

/** Greater than any digest. */
export const afterAll = 'g';

/** A round that is late by more than this share of its period has lost its pace: nobody reads, or too slowly. */
const lateShare = 0.1;

/** Whether a round that began then should have ended by now. */
export function isScrubLate(
  { startedAtMs }: Pick<ScrubRound, 'startedAtMs'>,
  periodMs: number,
  nowMs: number,
): boolean {
  return nowMs - startedAtMs > periodMs * (1 + lateShare);
}
