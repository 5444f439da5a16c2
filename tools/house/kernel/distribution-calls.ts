import { fisherSf, incompleteBeta, studentTSf } from '../../../src/statistics/distributions/beta.ts';
import { shareLower, shareUpper } from '../../../src/statistics/distributions/clopper-pearson.ts';
import {
  chiSquareSf,
  devianceTerm,
  incompleteGamma,
  logGamma,
  stirlingError,
} from '../../../src/statistics/distributions/gamma.ts';
import { erf, erfc, normalCdf, normalQuantile, normalSf } from '../../../src/statistics/distributions/normal.ts';
import { studentTQuantile } from '../../../src/statistics/distributions/student-quantile.ts';
import { newton } from '../../../src/statistics/numeric/newton.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { solveSymmetric } from '../../../src/statistics/numeric/solve.ts';
import { each, largest, logarithm, type KernelCall, type KernelCalls } from './call.ts';

export const distributionCalls: KernelCalls = {
  createRandom: each((given) => {
    const random = createRandom(given.seed(0));
    const drawn = [random.next(), random.next(), ...[1, 7, 2 ** 31 + 5, 2 ** 32].map((n) => random.integer(n))];
    const normals = [random.normal(), random.normal(), random.normal()];
    const forked = createRandom(given.seed(0)).fork('x');
    return [[...drawn, ...normals, forked.next(), forked.fork('é').normal()]];
  }),
  solveSymmetric: largest((given) => [
    solveSymmetric(
      given.rows(0).map((row) => [...row]),
      [...given.list(1)],
    ),
  ]),
  newton: each((given) => [logisticMinimum(given.list(0), given.list(1), given.number(2))]),
  erf: one(erf),
  erfc: one(erfc),
  normalCdf: one(normalCdf),
  normalSf: one(normalSf),
  normalQuantile: one(normalQuantile),
  stirlingError: one(stirlingError),
  logGamma: logarithm((given) => logGamma(given.number(0))),
  devianceTerm: two(devianceTerm),
  incompleteGamma: each((given) => {
    const { lower, upper } = incompleteGamma(given.number(0), given.number(1));
    return [lower, upper];
  }),
  chiSquareSf: two(chiSquareSf),
  incompleteBeta: each((given) => {
    const { lower, upper } = incompleteBeta(given.number(0), given.number(1), given.number(2));
    return [lower, upper];
  }),
  studentTSf: two(studentTSf),
  fisherSf: three(fisherSf),
  studentTQuantile: two(studentTQuantile),
  shareLower: three(shareLower),
  shareUpper: three(shareUpper),
};

function one(of: (x: number) => number): KernelCall {
  return each((given) => of(given.number(0)));
}

function two(of: (x: number, y: number) => number): KernelCall {
  return each((given) => of(given.number(0), given.number(1)));
}

function three(of: (x: number, y: number, z: number) => number): KernelCall {
  return each((given) => of(given.number(0), given.number(1), given.number(2)));
}

/** Log losses of a + b x, and the ridge of (a, b - 1): what corrections of two classes are fitted by. */
function logisticMinimum(xs: Float64Array, ys: Float64Array, ridge: number): readonly number[] {
  const objective = ([a = 0, b = 0]: readonly number[]) =>
    xs.reduce(
      (sum, x, row) => sum + Math.log1p(Math.exp(a + b * x)) - (ys[row] ?? 0) * (a + b * x),
      (ridge / 2) * (a * a + (b - 1) * (b - 1)),
    );
  const derivatives = ([a = 0, b = 0]: readonly number[]) => {
    const gradient = [ridge * a, ridge * (b - 1)];
    let [aa, ab, bb] = [ridge, 0, ridge];
    xs.forEach((x, row) => {
      const p = 1 / (1 + Math.exp(-(a + b * x)));
      gradient[0] = (gradient[0] ?? 0) + p - (ys[row] ?? 0);
      gradient[1] = (gradient[1] ?? 0) + (p - (ys[row] ?? 0)) * x;
      [aa, ab, bb] = [aa + p * (1 - p), ab + p * (1 - p) * x, bb + p * (1 - p) * x * x];
    });
    return {
      gradient,
      hessian: [
        [aa, ab],
        [ab, bb],
      ],
    };
  };
  return newton([0, 1], objective, derivatives, 50);
}
