import { adjustedDifference } from '../../../src/statistics/samples/adjusted-difference.ts';
import { mergedMoments, noMoments, withPair, type CoMoments } from '../../../src/statistics/samples/co-moments.ts';
import { bernsteinReach } from '../../../src/statistics/sequential/bernstein.ts';
import { logSharesEValue } from '../../../src/statistics/sequential/shares.ts';
import { each, logarithm, type KernelCalls } from './call.ts';

export const abTestCalls: KernelCalls = {
  withPair: each((given) => [saidOf(momentsOf(given.list(0), given.list(1)))]),
  mergedMoments: each((given) => {
    const [x, y, cut] = [given.list(0), given.list(1), given.number(2)];
    const first = momentsOf(x.subarray(0, cut), y.subarray(0, cut));
    return [saidOf(mergedMoments(first, momentsOf(x.subarray(cut), y.subarray(cut))))];
  }),
  adjustedDifference: each((given) => {
    const first = momentsOf(given.list(0), given.list(1));
    const second = momentsOf(given.list(2), given.list(3));
    const { difference, standardError, df, cut } = adjustedDifference(first, second, given.number(4));
    return [[difference, standardError, df, cut]];
  }),
  logSharesEValue: {
    ...logarithm((given) => logSharesEValue([...given.list(0)], [...given.list(1)])),
    // Logarithms of factorials of 400,000 units are differences of millions: an e-value needs no more digits.
    errorMax: 1e-9,
  },
  bernsteinReach: each((given) =>
    bernsteinReach(given.number(0), {
      alpha: given.number(1),
      scale: given.number(2),
      termsTuned: given.number(3),
    }),
  ),
};

function momentsOf(x: Float64Array, y: Float64Array): CoMoments {
  return x.reduce((of, value, i) => withPair(of, value, y[i] ?? 0), noMoments);
}

function saidOf({ count, x, y, xx, yy, xy }: CoMoments): readonly number[] {
  return [count, x, y, xx, yy, xy];
}
