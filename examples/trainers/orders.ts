import { atLeast, betterThanBaseline, binary, category, csv, number } from '../../src/sdk/index.ts';

/** What the examples have in common: one table, and one question to it. Each of them adds its trainer. */
export const orders = {
  about: {
    owner: 'shop',
    useCase: 'Show the size guide before an order that is likely to come back.',
    successCriterion: 'Fewer returns per order than without it.',
  },
  source: csv('orders.csv'),
  features: {
    basket: number({ min: 0, about: 'EUR' }),
    items: number({ min: 1, integer: true }),
    country: category(['DE', 'FR', 'NL']),
  },
  target: binary('returned', { positive: 'yes', negative: 'no', labelDelay: '100 rows' }),
  gates: [atLeast('auroc', 0.6), betterThanBaseline('auroc')],
} as const;
