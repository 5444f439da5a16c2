import { atLeast, binary, category, csv, defineModel, gbdt, number } from 'perennial';

/** Will an order come back? The words used here are the types that a caller meets in `ask.ts`. */
export const orders = defineModel('orders', {
  about: {
    owner: 'shop',
    useCase: 'Show the size guide before an order that is likely to come back.',
    successCriterion: 'Fewer returns per order than without it.',
  },
  source: csv('orders.csv'),
  entity: 'customer',
  features: {
    basket: number({ min: 0, about: 'EUR' }),
    items: number({ min: 1, integer: true }),
    country: category(['DE', 'FR', 'NL']),
    express: number({ missing: 'allow' }),
  },
  target: binary('returned', { positive: 'yes', negative: 'no', labelDelay: '100 rows' }),
  trainer: gbdt({ treesMax: 60 }),
  gates: [atLeast('auroc', 0.6)],
});
