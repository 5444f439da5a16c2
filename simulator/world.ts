import { createAttemptQueue, type Attempt } from './attempt.ts';
import { createCardHistory, type CardHistory } from './card-history.ts';
import { cardholdersPerCohort, createCardholders } from './cardholders.ts';
import { drawRing, ringSizeMean } from './fraud-rings.ts';
import { drawGenuine, drawRetry, type Population } from './genuine-payments.ts';
import { planLabels } from './labels.ts';
import { createMerchants, type Merchant } from './merchants.ts';
import type { ChangeName, Outcome, Payment, PaymentFeatures } from './payment.ts';
import { createRandom, type Random } from './random.ts';
import { dayMs, intensityAt, intensityMax, worldStartMs } from './season.ts';

/** A change that begins with that row. */
export interface WorldChange {
  readonly atRow: number;
  readonly name: ChangeName;
}

export interface WorldOptions {
  /** Any integer; the same seed and changes give the same payments, byte for byte. */
  readonly seed: number;
  readonly changes?: readonly WorldChange[];
}

export interface World {
  /** The next payment; event times increase strictly. */
  next(): Payment;
  /** Row that `next` will give. */
  row(): number;
  /** Moves on to that row by playing the rows between (about 5 µs each). Throws RangeError when it is already past. */
  skipTo(row: number): World;
  /** Lets a change begin with the next row, as if it had been in `changes`. */
  introduce(name: ChangeName): void;
}

/**
 * A small issuer's payments without a card reader: slow enough that a window of 500 rows covers days, also at
 * three times the traffic, so that the hour of day alone never looks like drift.
 */
export const paymentsPerDay = 80;
/** Share of payments that are fraud, before and after `new-fraud-pattern`. */
export const fraudShare = { before: 0.05, after: 0.13 } as const;

/**
 * The payments world: cardholders, merchants, rings and seasons as one endless, seeded stream. Pure: no clock, no I/O.
 */
export function createWorld(options: WorldOptions): World {
  const { seed } = options;
  const merchants = createMerchants(seed);
  const population: Population = { merchants, cardholders: createCardholders(seed, merchants) };
  const random = streamsOf(seed);
  const meanFrequency =
    population.cardholders.all.reduce((sum, { frequency }) => sum + frequency, 0) / population.cardholders.all.length;
  const cards = createCardHistory(
    population.cardholders.all.length,
    random.past,
    (dayMs * cardholdersPerCohort * meanFrequency) / paymentsPerDay,
  );
  const planned = createAttemptQueue();
  const changes: WorldChange[] = [...(options.changes ?? [])];
  let row = 0;
  let lastAtMs = worldStartMs - 1;
  let arrivalMs = nextArrival(random.arrivals, worldStartMs, 1);
  let partnerSinceMs: number | null = null;

  const has = (name: ChangeName) => changes.some((change) => change.name === name && change.atRow <= row);

  function nextAttempt(): Attempt {
    const due = planned.headAtMs() <= arrivalMs ? planned.take() : undefined;
    if (due !== undefined) return due;
    const everyCohort = has('volume-shift');
    if (everyCohort) partnerSinceMs ??= arrivalMs;
    const newPattern = has('new-fraud-pattern');
    const attempt = drawGenuine(population, random.genuine, arrivalMs, everyCohort);
    const retry = drawRetry(attempt, random.genuine);
    if (retry !== null) planned.add(retry);
    const share = newPattern ? fraudShare.after : fraudShare.before;
    if (random.rings.chance(((share / (1 - share)) * genuinePerArrival) / ringSizeMean(newPattern))) {
      for (const payment of drawRing(population, random.rings, arrivalMs, newPattern, everyCohort))
        planned.add(payment);
    }
    arrivalMs = nextArrival(random.arrivals, arrivalMs, everyCohort ? 3 : 1);
    return attempt;
  }

  const world: World = {
    next() {
      const attempt = nextAttempt();
      // Whole milliseconds, never two alike: `cardholder` and `at` together stay a key.
      lastAtMs = Math.max(Math.floor(attempt.atMs), lastAtMs + 1);
      const sinceMs = attempt.cardholder < cardholdersPerCohort ? worldStartMs : (partnerSinceMs ?? worldStartMs);
      const payment = complete({
        seed,
        row,
        attempt,
        atMs: lastAtMs,
        sinceMs,
        population,
        cards,
        random,
        percent: has('unit-change'),
      });
      row++;
      return payment;
    },
    row: () => row,
    skipTo(target) {
      if (target < row)
        throw new RangeError(`the world is at row ${row} and does not go back to ${target}; make a new one`);
      while (row < target) world.next();
      return world;
    },
    introduce(name) {
      changes.push({ atRow: row, name });
    },
  };
  return world;
}

/** An arrival brings its payment and, one time in twenty, a retry. */
const genuinePerArrival = 1.05;
const arrivalsPerDay = (paymentsPerDay * (1 - fraudShare.before)) / genuinePerArrival;

interface Streams {
  readonly arrivals: Random;
  readonly genuine: Random;
  readonly rings: Random;
  readonly past: Random;
  readonly gaps: Random;
  readonly labels: Random;
  readonly warehouse: Random;
}

function streamsOf(seed: number): Streams {
  const stream = (name: string) => createRandom(seed, name);
  return {
    arrivals: stream('arrivals'),
    genuine: stream('genuine'),
    rings: stream('rings'),
    past: stream('past'),
    gaps: stream('gaps'),
    labels: stream('labels'),
    warehouse: stream('warehouse'),
  };
}

/** Thinning (Lewis and Shedler 1979) of a Poisson stream at the highest intensity. */
function nextArrival(random: Random, fromMs: number, volume: number): number {
  const meanGapMs = dayMs / (arrivalsPerDay * volume * intensityMax);
  let atMs = fromMs;
  // The lowest hour keeps about one candidate in fifty; a thousand tries never run out in practice.
  for (let tries = 0; tries < 1_000; tries++) {
    atMs += random.exponential(meanGapMs);
    if (random.uniform() * intensityMax < intensityAt(atMs)) return atMs;
  }
  return atMs;
}

interface Completion {
  readonly seed: number;
  readonly row: number;
  readonly attempt: Attempt;
  readonly atMs: number;
  readonly sinceMs: number;
  readonly population: Population;
  readonly cards: CardHistory;
  readonly random: Streams;
  /** `amountToUsual` in percent. */
  readonly percent: boolean;
}

function complete({ seed, row, attempt, atMs, sinceMs, population, cards, random, percent }: Completion): Payment {
  const cardholder = population.cardholders.all[attempt.cardholder];
  const merchant = population.merchants.all[attempt.merchant];
  if (cardholder === undefined || merchant === undefined) throw new RangeError(`attempt ${row} names nobody`);
  const facts = cards.record(attempt.cardholder, cardholder, atMs, sinceMs);
  const amount = Math.max(0.5, round(attempt.amount, 100));
  const deviceAgeDays = round(Math.min(attempt.deviceAgeDays ?? facts.deviceAgeDays, facts.accountAgeDays), 10);
  // Both gaps are drawn for every row, so that a value that goes missing does not move later draws.
  const hiddenDevice = random.gaps.chance(0.04);
  const hiddenCountry = random.gaps.chance(0.01);
  const features: PaymentFeatures = {
    at: new Date(atMs).toISOString(),
    amount,
    amountToUsual: round((amount / cardholder.usualAmount) * (percent ? 100 : 1), 1_000),
    merchantCategory: merchant.category,
    country: hiddenCountry ? null : attempt.country,
    foreign: hiddenCountry ? null : attempt.country !== cardholder.home,
    channel: attempt.channel,
    deviceAgeDays: hiddenDevice ? null : deviceAgeDays,
    accountAgeDays: Math.max(deviceAgeDays, round(facts.accountAgeDays, 10)),
    minutesSinceLast: facts.minutesSinceLast === null ? null : round(facts.minutesSinceLast, 10),
    attemptsLastHour: facts.attemptsLastHour,
  };
  return {
    row,
    id: `pay-${seed}-${String(row).padStart(7, '0')}`,
    eventTimeMs: atMs,
    entity: facts.entity,
    features,
    warehouse: { merchantRisk: merchantRisk(random.warehouse, merchant, attempt.truth) },
    amount,
    truth: attempt.truth,
    ...planLabels(random.labels, attempt.truth),
  };
}

/**
 * Chargebacks over payments of the merchant on that day, as the warehouse sees it afterwards: a ring's own chargebacks
 * are already in it. That is the leak, and why it cannot exist at the moment of the payment.
 */
function merchantRisk(random: Random, merchant: Merchant, truth: Outcome): number {
  const noise = random.normal();
  const raised = random.chance(truth === 'fraud' ? 0.995 : 0.001);
  const risk = raised ? 0.75 + 0.1 * noise : merchant.baseRisk + 0.03 * noise;
  return round(Math.min(1, Math.max(0, risk)), 1_000);
}

function round(value: number, per: number): number {
  return Math.round(value * per) / per;
}
