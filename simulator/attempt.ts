import type { Channel, Country, Outcome } from './payment.ts';

/** A payment that somebody is about to try, before the card's own history is added to it. */
export interface Attempt {
  readonly atMs: number;
  /** Index of the cardholder. */
  readonly cardholder: number;
  /** Index of the merchant. */
  readonly merchant: number;
  /** EUR. */
  readonly amount: number;
  readonly country: Country;
  readonly channel: Channel;
  /** Null: the cardholder's own device. */
  readonly deviceAgeDays: number | null;
  readonly truth: Outcome;
}

/** Attempts planned for later, earliest first. A ring is a few dozen at most, so insertion by shifting stays cheap. */
export interface AttemptQueue {
  add(attempt: Attempt): void;
  headAtMs(): number;
  take(): Attempt | undefined;
}

/** More than this cannot pile up at any rate that the world knows; later plans are then dropped. */
const queueMax = 10_000;

export function createAttemptQueue(): AttemptQueue {
  const items: Attempt[] = [];
  return {
    add(attempt) {
      if (items.length >= queueMax) return;
      let position = items.length;
      while (position > 0 && (items[position - 1]?.atMs ?? -Infinity) > attempt.atMs) position--;
      items.splice(position, 0, attempt);
    },
    headAtMs: () => items[0]?.atMs ?? Infinity,
    take: () => items.shift(),
  };
}
