import { command, defineModel } from '../../../src/sdk/index.ts';
import { orders } from '../orders.ts';

export const returnsByNotebook = defineModel('orders.notebook', {
  ...orders,
  trainer: command(['python', '-m', 'perennial.notebook', 'train.ipynb'], {
    folder: 'notebook',
    settings: { trees: 40 },
  }),
});
