import { correlationRatio, cramersV, pearson, spearman } from '../../../src/statistics/samples/pairs/association.ts';
import { each, type KernelCalls } from './call.ts';

export const associationCalls: KernelCalls = {
  pearson: each((given) => pearson(given.list(0), given.list(1))),
  spearman: each((given) => spearman(given.list(0), given.list(1))),
  cramersV: each((given) => cramersV(given.list(0), given.number(1))),
  correlationRatio: each((given) => correlationRatio(given.list(0), given.number(1), given.list(2))),
};
