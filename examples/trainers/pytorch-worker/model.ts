import {
  atLeast,
  betterThanBaseline,
  binary,
  category,
  csv,
  defineModel,
  number,
  worker,
} from '../../../src/sdk/index.ts';

export const returnsByTorch = defineModel('orders.torch', {
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
  trainer: worker('fits', { trainer: 'orders', settings: { epochs: 30, width: 16 }, timeMsMax: 1_800_000 }),
  gates: [atLeast('auroc', 0.6), betterThanBaseline('auroc')],
});
