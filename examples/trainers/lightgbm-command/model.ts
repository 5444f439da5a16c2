import { command, defineModel } from '../../../src/sdk/index.ts';
import { orders } from '../orders.ts';

export const returnsByLightgbm = defineModel('orders.lightgbm', {
  ...orders,
  trainer: command(['python', 'train.py'], { folder: 'lightgbm-command', settings: { leaves: 7, rounds: 60 } }),
});
