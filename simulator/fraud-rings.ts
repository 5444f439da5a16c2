import type { Attempt } from './attempt.ts';
import type { Population } from './genuine-payments.ts';
import type { Channel, Country, MerchantCategory } from './payment.ts';
import type { Random } from './random.ts';
import { minuteMs } from './season.ts';

/** How a ring works: everything that a detector could learn about it. */
interface FraudPattern {
  /** Share of all rings. */
  readonly share: number;
  /** Mean number of victims of one ring. */
  readonly victimsMean: number;
  /** Mean payments on one stolen card. */
  readonly paymentsPerVictimMean: number;
  /** Between two payments of the ring. */
  readonly gapMinutesMean: number;
  readonly categories: readonly [MerchantCategory, ...MerchantCategory[]];
  /** Median and sigma (of the log) of amount over the victim's usual amount. */
  readonly amountFactor: { readonly median: number; readonly sigma: number };
  readonly foreignShare: number;
  /** Mean age of the ring's devices; null: it acts from the victim's own device. */
  readonly deviceAgeDaysMean: number | null;
  readonly channels: readonly [Channel, ...Channel[]];
  /** Prefers victims who usually pay more than this, EUR. */
  readonly usualAmountMin: number;
}

const takeover: FraudPattern = {
  share: 0.33,
  victimsMean: 3,
  paymentsPerVictimMean: 1.9,
  gapMinutesMean: 7,
  categories: ['electronics', 'giftcards', 'travel'],
  amountFactor: { median: 3.2, sigma: 0.35 },
  foreignShare: 0.65,
  deviceAgeDaysMean: 1,
  channels: ['web', 'web', 'web', 'phone'],
  usualAmountMin: 0,
};
const stolenCard: FraudPattern = {
  share: 0.35,
  victimsMean: 2,
  paymentsPerVictimMean: 1.2,
  gapMinutesMean: 25,
  categories: ['electronics', 'fashion', 'giftcards', 'gaming'],
  amountFactor: { median: 2.5, sigma: 0.45 },
  foreignShare: 0.35,
  deviceAgeDaysMean: 3,
  channels: ['web', 'web', 'app'],
  usualAmountMin: 0,
};
/** Nobody can tell these from the real cardholder: the ceiling of any detector. */
const friendly: FraudPattern = {
  share: 0.32,
  victimsMean: 1.5,
  paymentsPerVictimMean: 1,
  gapMinutesMean: 200,
  categories: ['fashion', 'electronics', 'travel', 'restaurants', 'groceries'],
  amountFactor: { median: 1.3, sigma: 0.5 },
  foreignShare: 0.1,
  deviceAgeDaysMean: null,
  channels: ['web', 'app'],
  usualAmountMin: 0,
};
/** After `new-fraud-pattern`: small, from the victim's own device, once per card, where people give and top up. */
const trustedDevice: FraudPattern = {
  share: 1,
  victimsMean: 5,
  paymentsPerVictimMean: 1,
  gapMinutesMean: 35,
  categories: ['telecom', 'charity'],
  amountFactor: { median: 0.32, sigma: 0.3 },
  foreignShare: 0,
  deviceAgeDaysMean: null,
  channels: ['app', 'app', 'app', 'web'],
  usualAmountMin: 45,
};

const abroad: readonly [Country, ...Country[]] = ['GB', 'US', 'RO', 'TR', 'FR', 'NL', 'IT', 'ES', 'PL'];

/** Share of rings that work in the old ways after `new-fraud-pattern`. */
const oldWaysShare = 0.35;

/** One ring: its payments over the next minutes and hours, on a few related merchants. */
export function drawRing(
  population: Population,
  random: Random,
  startMs: number,
  newPattern: boolean,
  everyCohort: boolean,
): readonly Attempt[] {
  const pattern = newPattern && !random.chance(oldWaysShare) ? trustedDevice : drawOldPattern(random);
  const merchants = chooseMerchants(population, random, pattern);
  const attempts: Attempt[] = [];
  let atMs = startMs;
  const victims = random.countAround(pattern.victimsMean);
  for (let victim = 0; victim < victims; victim++) {
    const cardholder = chooseVictim(population, random, pattern, everyCohort);
    const payments = random.countAround(pattern.paymentsPerVictimMean);
    for (let i = 0; i < payments; i++) {
      atMs += minuteMs * random.exponential(pattern.gapMinutesMean);
      attempts.push(drawAttempt(population, random, pattern, { cardholder, atMs, merchant: random.pick(merchants) }));
    }
  }
  return attempts;
}

/** Mean payments of one ring, from the declared means: what turns a share of fraud into a rate of rings. */
export function ringSizeMean(newPattern: boolean): number {
  const size = (pattern: FraudPattern) => pattern.share * pattern.victimsMean * pattern.paymentsPerVictimMean;
  const old = size(takeover) + size(stolenCard) + size(friendly);
  return newPattern ? oldWaysShare * old + (1 - oldWaysShare) * size(trustedDevice) : old;
}

function drawOldPattern(random: Random): FraudPattern {
  const draw = random.uniform();
  if (draw < takeover.share) return takeover;
  return draw < takeover.share + stolenCard.share ? stolenCard : friendly;
}

function drawAttempt(
  population: Population,
  random: Random,
  pattern: FraudPattern,
  target: { readonly cardholder: number; readonly atMs: number; readonly merchant: number },
): Attempt {
  const victim = population.cardholders.all[target.cardholder];
  const { median, sigma } = pattern.amountFactor;
  return {
    atMs: target.atMs,
    cardholder: target.cardholder,
    merchant: target.merchant,
    amount: (victim?.usualAmount ?? 0) * random.lognormal(median, sigma),
    country: random.chance(pattern.foreignShare) ? random.pick(abroad) : (victim?.home ?? 'DE'),
    channel: random.pick(pattern.channels),
    deviceAgeDays: pattern.deviceAgeDaysMean === null ? null : random.exponential(pattern.deviceAgeDaysMean),
    truth: 'fraud',
  };
}

/** Two or three merchants of the pattern's categories: a ring works where it already knows the weak spot. */
function chooseMerchants(
  population: Population,
  random: Random,
  pattern: FraudPattern,
): readonly [number, ...number[]] {
  const choose = (): number => {
    const group = population.merchants.ofCategory(random.pick(pattern.categories));
    const merchant = group[random.integer(group.length)];
    return merchant === undefined ? 0 : population.merchants.all.indexOf(merchant);
  };
  return [choose(), choose(), choose()];
}

function chooseVictim(population: Population, random: Random, pattern: FraudPattern, everyCohort: boolean): number {
  const { all, firstCohort, allCohorts } = population.cardholders;
  const choice = everyCohort ? allCohorts : firstCohort;
  let index = 0;
  // Bounded search; the last try is taken as it is.
  for (let tries = 0; tries < 10; tries++) {
    index = choice.choose(random.uniform());
    if ((all[index]?.usualAmount ?? 0) >= pattern.usualAmountMin) return index;
  }
  return index;
}
