import {
  atLeast,
  betterThanBaseline,
  binary,
  category,
  command,
  csv,
  defineModel,
  number,
} from '../../../src/sdk/index.ts';

export const returnsByPipeline = defineModel('orders.sklearn', {
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
  trainer: command(['python', '-m', 'perennial', 'train', 'train:fit'], {
    folder: 'sklearn-pipeline',
    settings: { strength: 1 },
  }),
  gates: [atLeast('auroc', 0.6), betterThanBaseline('auroc')],
});
