import type { Attempt } from './attempt.ts';
import type { Cardholder, Cardholders } from './cardholders.ts';
import { categoryHabits, type Merchants } from './merchants.ts';
import type { Channel } from './payment.ts';
import type { Random } from './random.ts';
import { localHourOf, minuteMs } from './season.ts';

export interface Population {
  readonly cardholders: Cardholders;
  readonly merchants: Merchants;
}

/** One cardholder paying at that instant, according to habit. */
export function drawGenuine(population: Population, random: Random, atMs: number, everyCohort: boolean): Attempt {
  const { cardholders, merchants } = population;
  const index = chooseAwake(cardholders, random, atMs, everyCohort);
  const cardholder = cardholders.all[index];
  if (cardholder === undefined) throw new RangeError(`no cardholder ${index}`);
  const merchantIndex = random.chance(0.6)
    ? random.pick(cardholder.favourites)
    : merchants.byPopularity.choose(random.uniform());
  const merchant = merchants.all[merchantIndex];
  const category = merchant?.category ?? 'groceries';
  return {
    atMs,
    cardholder: index,
    merchant: merchantIndex,
    amount: cardholder.usualAmount * random.lognormal(categoryHabits[category].amountFactor, cardholder.amountSpread),
    // Most merchants bill through a local branch; a few purchases, and people on a journey, are billed abroad.
    country: random.chance(0.9) ? cardholder.home : (merchant?.country ?? cardholder.home),
    channel: drawChannel(cardholder, random),
    // A browser never seen before: guests, private windows, a new telephone.
    deviceAgeDays: random.chance(0.05) ? random.exponential(1.5) : null,
    truth: 'genuine',
  };
}

/** A declined payment is often tried again at once: ordinary bursts that are not fraud. */
export function drawRetry(attempt: Attempt, random: Random): Attempt | null {
  return random.chance(0.05) ? { ...attempt, atMs: attempt.atMs + minuteMs * (0.3 + random.exponential(4)) } : null;
}

function chooseAwake(cardholders: Cardholders, random: Random, atMs: number, everyCohort: boolean): number {
  const choice = everyCohort ? cardholders.allCohorts : cardholders.firstCohort;
  const hour = localHourOf(atMs);
  const night = hour < 6;
  let index = 0;
  // Eight tries: at night nearly everyone who pays is awake by habit, without an endless search for one who is.
  for (let tries = 0; tries < 8; tries++) {
    index = choice.choose(random.uniform());
    if (!night || (cardholders.all[index]?.nightOwl ?? false) || random.chance(0.25)) return index;
  }
  return index;
}

function drawChannel(cardholder: Cardholder, random: Random): Channel {
  const draw = random.uniform();
  if (draw < cardholder.appShare) return 'app';
  if (draw < 0.93) return 'web';
  return draw < 0.96 ? 'phone' : 'terminal';
}
