import { ageOf, type Cardholder } from './cardholders.ts';
import type { Random } from './random.ts';
import { hourMs, minuteMs } from './season.ts';

/** What a card's own past says about an attempt. */
export interface CardFacts {
  readonly entity: string;
  readonly accountAgeDays: number;
  readonly deviceAgeDays: number;
  readonly minutesSinceLast: number | null;
  readonly attemptsLastHour: number;
}

/** Remembers each card's last payments; a renewed account starts without a past. */
export interface CardHistory {
  /** `sinceMs`: the instant from which this card's payments are in the stream. */
  record(index: number, cardholder: Cardholder, atMs: number, sinceMs: number): CardFacts;
}

/** Attempts remembered per card within the last hour; a ring never makes more on one card. */
const recentMax = 16;

/**
 * `meanGapMs` is the time between two payments of the average cardholder. A card that is seen for the first time has
 * paid before the stream began, at its own rate, so that gaps are distributed alike from the first row to the last.
 */
export function createCardHistory(size: number, random: Random, meanGapMs: number): CardHistory {
  const lastAtMs = new Float64Array(size).fill(Number.NaN);
  const generations = new Int32Array(size).fill(-1);
  const recent: number[][] = Array.from({ length: size }, () => []);
  return {
    record(index, cardholder, atMs, sinceMs) {
      const account = ageOf(cardholder.account, atMs);
      const seen = lastAtMs[index] ?? Number.NaN;
      const last = Number.isNaN(seen) ? sinceMs - random.exponential(meanGapMs / cardholder.frequency) : seen;
      const sameAccount = generations[index] === -1 || generations[index] === account.generation;
      const times = (recent[index] ?? []).filter((time) => time > atMs - hourMs);
      const facts = {
        entity: account.generation === 0 ? `ch-${pad(index)}` : `ch-${pad(index)}-${account.generation}`,
        accountAgeDays: account.days,
        deviceAgeDays: Math.min(ageOf(cardholder.device, atMs).days, account.days),
        minutesSinceLast: sameAccount && last > atMs - account.days * 24 * hourMs ? (atMs - last) / minuteMs : null,
        attemptsLastHour: times.length,
      };
      times.push(atMs);
      recent[index] = times.slice(-recentMax);
      lastAtMs[index] = atMs;
      generations[index] = account.generation;
      return facts;
    },
  };
}

function pad(index: number): string {
  return String(index).padStart(5, '0');
}
