import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { batchMeans } from '../../../src/statistics/samples/batch-means.ts';
import { blockSpreads, type BlockSpread } from '../../../src/statistics/samples/block-spread.ts';
import {
  bootstrapBounds,
  bootstrapMeanBounds,
  percentile,
  type Bounds,
} from '../../../src/statistics/samples/bootstrap.ts';
import { boundedMeanLower } from '../../../src/statistics/samples/bounded-mean.ts';
import { chiSquareHomogeneity, total } from '../../../src/statistics/samples/chi-square.ts';
import { dependentChiSquare } from '../../../src/statistics/samples/dependent-chi-square.ts';
import { jensenShannon, standardShift } from '../../../src/statistics/samples/divergence.ts';
import { expandRows } from '../../../src/statistics/samples/expanded-rows.ts';
import { jackknifeRows } from '../../../src/statistics/samples/jackknife.ts';
import { longRunDeviation } from '../../../src/statistics/samples/long-run-deviation.ts';
import { mean } from '../../../src/statistics/samples/losses.ts';
import { medianBounds } from '../../../src/statistics/samples/median-bounds.ts';
import { moverLower, moverUpper, type BoundedMean } from '../../../src/statistics/samples/mover.ts';
import { benjaminiHochberg, holmRejected } from '../../../src/statistics/samples/multiplicity.ts';
import { blockMeans, momentsOf, welchGreater, type MeanEstimate } from '../../../src/statistics/samples/paired.ts';
import { tellApart } from '../../../src/statistics/samples/tell-apart.ts';
import { each, largest, type KernelCalls, type Said } from './call.ts';
import type { Given } from './given.ts';

export const sampleCalls: KernelCalls = {
  percentile: each((given) => percentile(given.list(0), given.number(1))),
  momentsOf: each((given) => {
    const { count, mean: of, variance } = momentsOf(given.list(0));
    return [[count, of, variance]];
  }),
  blockMeans: each((given) => [blockMeans(given.list(0), given.number(1))]),
  welchGreater: each((given) => {
    const { t, df, pValue } = welchGreater(estimateOf(given.list(0)), estimateOf(given.list(1)));
    return [[t, df, pValue]];
  }),
  benjaminiHochberg: each((given) => [benjaminiHochberg(given.list(0))]),
  holmRejected: each((given) => {
    const pValues = given.list(0);
    const rejected = holmRejected(pValues.length, given.number(1), (index, alpha) => (pValues[index] ?? 1) <= alpha);
    return [rejected.map(({ index }) => index).toSorted((a, b) => a - b)];
  }),
  chiSquareHomogeneity: each((given) => {
    const { statistic, df, pValue } = chiSquareHomogeneity(given.list(0), given.list(1));
    return [[statistic, df, pValue]];
  }),
  total: each((given) => total(given.list(0))),
  jensenShannon: each((given) => {
    const { distance, floor, aboveFloor } = jensenShannon(given.list(0), given.list(1));
    return [[distance, floor, aboveFloor]];
  }),
  standardShift: each((given) => standardShift(given.list(0), given.list(1), given.number(2))),
  medianBounds: each((given) => {
    const { median, lower, upper } = medianBounds(given.list(0), { lower: given.number(1), upper: given.number(2) });
    return [[median, lower, upper]];
  }),
  moverLower: each((given) => moverLower(boundedOf(given.list(0)), boundedOf(given.list(1)))),
  moverUpper: each((given) => moverUpper(boundedOf(given.list(0)), boundedOf(given.list(1)))),
  batchMeans: each((given) => {
    const found = batchMeans(given.list(0));
    return [[found?.mean, found?.standardError, found?.df]];
  }),
  longRunDeviation: each((given) => {
    const groups = given.listOrNull(1);
    const { deviation, units } = longRunDeviation(given.list(0), {
      groups: groups === null ? null : Uint32Array.from(groups),
      span: given.number(2),
    });
    return [[deviation, units]];
  }),
  blockSpreads: {
    of: (given) => [
      blockSpreads(runsOf(given), given.number(2)).map(({ blockRows, blocks, cells, powerSums }) => [
        blockRows,
        blocks,
        cells,
        ...powerSums,
      ]),
    ],
    against: 'each',
    // It keeps six digits.
    errorMax: 1e-5,
  },
  dependentChiSquare: each((given) => {
    const spreads = given.rows(3).map(spreadOf);
    const found = dependentChiSquare(given.number(0), given.number(1), given.number(2), spreads);
    return [[found.pValue > 0.5 ? null : found.pValue, found.designEffect, found.largestEffect]];
  }),
  expandRows: each((given) => {
    const columns = given.rows(0);
    const expanded = expandRows({ columns, stretches: given.number(1), stretchRows: given.number(2) }, given.number(3));
    const stretches = [0, 1, 2, 3];
    const directions = [0, 1, 2, 3, 4];
    const rows = expanded.rowsOf(stretches, [0, 1], 1);
    return [
      [
        expanded.deviations,
        directions.map((k) => stretches.map((stretch) => expanded.meanOf([stretch], k, [0, 1]))),
        expanded.scores(Float64Array.from(directions), columns, rows),
      ],
    ];
  }),
  tellApart: each((given) => {
    const { reference, window } = worldOf(given);
    const { auroc, expected, expectedLow, expectedHigh, pValue, used } = tellApart(reference, window);
    return [[auroc, expected, expectedLow, expectedHigh, pValue, used.map(({ share }) => share)]];
  }),
  bootstrapBounds: each((given) => {
    const values = given.list(0);
    const root = (weights: Uint32Array) =>
      Math.sqrt(
        mean(
          values.map((value) => value * value),
          weights,
        ),
      );
    return [saidOf(bootstrapBounds(values.length, root, drawsOf(given)))];
  }),
  bootstrapMeanBounds: each((given) => [saidOf(bootstrapMeanBounds(given.list(0), drawsOf(given)))]),
  jackknifeRows: largest((given) => {
    const values = given.list(0);
    return [jackknifeRows(values.length, (weights) => Math.log(mean(values, weights)))];
  }),
  boundedMeanLower: largest((given) =>
    boundedMeanLower(given.list(0), {
      worst: given.number(1),
      alpha: given.number(2),
      weight: given.number(3),
      times: given.number(4),
    }),
  ),
};

function estimateOf([of = 0, standardError = 0, df = 0]: Float64Array): MeanEstimate {
  return { mean: of, standardError, df };
}

function boundedOf([estimate = 0, lower = 0, upper = 0]: Float64Array): BoundedMean {
  return { estimate, lower, upper };
}

function spreadOf([blockRows = 0, blocks = 0, cells = 0, first = 0, second = 0, third = 0]: Float64Array): BlockSpread {
  return { blockRows, blocks, cells, powerSums: [first, second, third] };
}

/** Cells that come in runs, by a seed. */
function runsOf(given: Given): Uint16Array {
  const random = createRandom(given.seed(0));
  const [cells, run] = [given.number(2), given.number(3)];
  let cell = 0;
  return Uint16Array.from(
    { length: given.number(1) },
    (_, row) => (cell = row % run === 0 ? random.integer(cells) : cell),
  );
}

/** Three columns of 12 stretches of 60 rows, and a window in which the first two go together. */
function worldOf(given: Given) {
  const random = createRandom(given.seed(0));
  const [correlation, rows] = [given.number(1), given.number(2)];
  const normal = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const columns = [normal(720), normal(720), normal(720)];
  const first = normal(rows);
  const second = first.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal());
  return { reference: { columns, stretches: 12, stretchRows: 60 }, window: [first, second, normal(rows)] };
}

function drawsOf(given: Given) {
  return {
    seed: given.seed(1),
    alpha: given.number(2),
    resamplesMax: given.number(3),
    blockRows: given.number(4),
  };
}

function saidOf(bounds: Bounds | null): readonly Said[] {
  return [bounds?.estimate, bounds?.lower, bounds?.upper, bounds?.resamples];
}
