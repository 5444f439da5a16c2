import type { Merchants } from './merchants.ts';
import type { Country } from './payment.ts';
import { createRandom } from './random.ts';
import { dayMs, worldStartMs } from './season.ts';
import { createWeightedChoice, type WeightedChoice } from './weighted-choice.ts';

export interface Cardholder {
  readonly home: Country;
  /** EUR, the median payment. */
  readonly usualAmount: number;
  /** Sigma of the log of a payment around it. */
  readonly amountSpread: number;
  /** Payments per payment of the average cardholder; heavy tail. */
  readonly frequency: number;
  /** Share of payments made in the app; the others are mostly on the web. */
  readonly appShare: number;
  /** Buys at night as much as by day. */
  readonly nightOwl: boolean;
  /** Indexes of the merchants that most payments go to. */
  readonly favourites: readonly [number, ...number[]];
  readonly account: Lifetime;
  readonly device: Lifetime;
}

/** A thing that is replaced for ever after the same number of days; starting at a random age keeps ages stationary. */
interface Lifetime {
  readonly days: number;
  readonly phaseDays: number;
}

export const cardholdersPerCohort = 4_000;
/** The first cohort, and the two that a partner brings with `volume-shift`. */
export const cohortCount = 3;

export interface Cardholders {
  readonly all: readonly Cardholder[];
  /** Chooses among the first cohort by frequency. */
  readonly firstCohort: WeightedChoice;
  readonly allCohorts: WeightedChoice;
}

export function createCardholders(seed: number, merchants: Merchants): Cardholders {
  const random = createRandom(seed, 'cardholders');
  const all: Cardholder[] = [];
  for (let i = 0; i < cardholdersPerCohort * cohortCount; i++) {
    const favourite = () => merchants.byPopularity.choose(random.uniform());
    const accountDays = 400 + random.lognormal(1_500, 0.5);
    const deviceDays = 60 + random.lognormal(500, 0.5);
    all.push({
      home: random.chance(0.84) ? 'DE' : random.pick(['AT', 'NL', 'BE', 'FR']),
      usualAmount: random.lognormal(45, 0.45),
      amountSpread: 0.35 + 0.3 * random.uniform(),
      frequency: random.lognormal(1, 0.9),
      appShare: 0.15 + 0.6 * random.uniform(),
      nightOwl: random.chance(0.08),
      favourites: [favourite(), favourite(), favourite(), favourite(), favourite()],
      account: { days: accountDays, phaseDays: accountDays * random.uniform() },
      device: { days: deviceDays, phaseDays: deviceDays * random.uniform() },
    });
  }
  const frequencies = all.map((cardholder) => cardholder.frequency);
  return {
    all,
    firstCohort: createWeightedChoice(frequencies.slice(0, cardholdersPerCohort)),
    allCohorts: createWeightedChoice(frequencies),
  };
}

/** Age in days at that instant, and how often the thing has been replaced since the world began. */
export function ageOf(lifetime: Lifetime, atMs: number): { readonly days: number; readonly generation: number } {
  const total = lifetime.phaseDays + (atMs - worldStartMs) / dayMs;
  const generation = Math.floor(total / lifetime.days);
  return { days: total - generation * lifetime.days, generation };
}
