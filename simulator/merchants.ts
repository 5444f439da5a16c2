import type { Country, MerchantCategory } from './payment.ts';
import { createRandom } from './random.ts';
import { countries, merchantCategories } from './vocabulary.ts';
import { createWeightedChoice, type WeightedChoice } from './weighted-choice.ts';

export interface Merchant {
  readonly category: MerchantCategory;
  readonly country: Country;
  /** Chargeback rate that the warehouse has on file for it, before the payment in question. */
  readonly baseRisk: number;
}

export interface Merchants {
  readonly all: readonly Merchant[];
  /** By popularity, which has a heavy tail. */
  readonly byPopularity: WeightedChoice;
  readonly ofCategory: (category: MerchantCategory) => readonly Merchant[];
}

export const merchantCount = 400;

/** Share of payments, and the median of amount over usual, per category. */
export const categoryHabits: {
  readonly [Category in MerchantCategory]: { readonly share: number; readonly amountFactor: number };
} = {
  groceries: { share: 0.2, amountFactor: 0.9 },
  restaurants: { share: 0.13, amountFactor: 0.8 },
  fuel: { share: 0.08, amountFactor: 1.1 },
  fashion: { share: 0.12, amountFactor: 1.3 },
  electronics: { share: 0.08, amountFactor: 2 },
  travel: { share: 0.06, amountFactor: 2.4 },
  telecom: { share: 0.06, amountFactor: 0.9 },
  utilities: { share: 0.07, amountFactor: 1.4 },
  gaming: { share: 0.06, amountFactor: 0.5 },
  giftcards: { share: 0.03, amountFactor: 1 },
  pharmacy: { share: 0.07, amountFactor: 0.6 },
  charity: { share: 0.04, amountFactor: 0.8 },
};

export function createMerchants(seed: number): Merchants {
  const random = createRandom(seed, 'merchants');
  const byShare = createWeightedChoice(merchantCategories.map((category) => categoryHabits[category].share));
  const abroad = createWeightedChoice([8, 3, 3, 2.5, 2.5, 2, 2, 2, 3, 4, 2, 2]);
  const all: Merchant[] = [];
  const weights: number[] = [];
  for (let i = 0; i < merchantCount; i++) {
    // The first twelve cover every category, whatever the seed.
    const category = merchantCategories[i] ?? merchantCategories[byShare.choose(random.uniform())] ?? 'groceries';
    const country = random.chance(0.55) ? 'DE' : (countries[abroad.choose(random.uniform())] ?? 'DE');
    all.push({ category, country, baseRisk: Math.min(0.35, random.lognormal(0.06, 0.7)) });
    weights.push(random.lognormal(1, 1));
  }
  const groups = new Map<MerchantCategory, Merchant[]>();
  for (const merchant of all) groups.set(merchant.category, [...(groups.get(merchant.category) ?? []), merchant]);
  return {
    all,
    byPopularity: createWeightedChoice(balance(all, weights)),
    ofCategory: (category) => groups.get(category) ?? [],
  };
}

/** Popularity has a heavy tail, but each category keeps its declared share of payments. */
function balance(all: readonly Merchant[], weights: readonly number[]): number[] {
  const sums = new Map<MerchantCategory, number>();
  all.forEach((merchant, i) => sums.set(merchant.category, (sums.get(merchant.category) ?? 0) + (weights[i] ?? 0)));
  return all.map(
    (merchant, i) => (categoryHabits[merchant.category].share * (weights[i] ?? 0)) / (sums.get(merchant.category) ?? 1),
  );
}
