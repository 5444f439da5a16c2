import { command, defineModel } from '../../../src/sdk/index.ts';
import { orders } from '../orders.ts';

export const returnsByPipeline = defineModel('orders.sklearn', {
  ...orders,
  trainer: command(['python', '-m', 'perennial', 'train', 'train:fit'], {
    folder: 'sklearn-pipeline',
    settings: { strength: 1 },
  }),
});
