import { defineModel, worker } from '../../../src/sdk/index.ts';
import { orders } from '../orders.ts';

export const returnsByTorch = defineModel('orders.torch', {
  ...orders,
  trainer: worker('fits', { trainer: 'orders', settings: { epochs: 30, width: 16 }, timeMsMax: 1_800_000 }),
});
