import {
  absoluteErrorRows,
  brierRows,
  calibrationError,
  decideRow,
  decideRows,
  f1Score,
  hitRows,
  logLossRows,
  mean,
  pinballRows,
  squaredErrorRows,
} from '../../../src/statistics/samples/losses.ts';
import { areaDifferenceRows, areaRows, pairedDelong } from '../../../src/statistics/samples/delong.ts';
import { orderStatistics } from '../../../src/statistics/samples/order-statistics.ts';
import {
  ascendingOrder,
  auroc,
  averagePrecision,
  endOfTies,
  midRanks,
} from '../../../src/statistics/samples/ranking.ts';
import { valueOptimalThreshold } from '../../../src/statistics/samples/threshold.ts';
import { each, largest, type KernelCalls } from './call.ts';

export const rowCalls: KernelCalls = {
  ascendingOrder: each((given) => [ascendingOrder(given.list(0))]),
  midRanks: each((given) => [midRanks(given.list(0))]),
  endOfTies: each((given) => {
    const scores = given.list(0);
    return endOfTies(scores, ascendingOrder(scores), given.number(1));
  }),
  orderStatistics: each((given) => [orderStatistics(given.list(0), [...given.list(1)])]),
  auroc: each((given) => auroc(given.list(0), given.list(1))),
  averagePrecision: each((given) => averagePrecision(given.list(0), given.list(1))),
  pairedDelong: each((given) => {
    const found = pairedDelong(given.list(0), given.list(1), given.list(2));
    return [[found?.a, found?.b, found?.standardError]];
  }),
  areaDifferenceRows: largest((given) => [areaDifferenceRows(given.list(0), given.list(1), given.list(2))]),
  areaRows: largest((given) => [areaRows(given.list(0), given.list(1))]),
  logLossRows: each((given) => [logLossRows(given.list(0), given.number(1), given.list(2))]),
  brierRows: each((given) => [brierRows(given.list(0), given.number(1), given.list(2))]),
  decideRows: each((given) => [decideRows(given.list(0), given.number(1), given.numberOrNull(2))]),
  decideRow: each((given) => decideRow(given.list(0), given.number(1), given.number(2), given.numberOrNull(3))),
  hitRows: each((given) => [hitRows(given.list(0), given.list(1))]),
  squaredErrorRows: each((given) => [squaredErrorRows(given.list(0), given.list(1))]),
  absoluteErrorRows: each((given) => [absoluteErrorRows(given.list(0), given.list(1))]),
  pinballRows: each((given) => [pinballRows(given.list(0), given.list(1), given.number(2))]),
  mean: each((given) => mean(given.list(0), given.listOrNull(1) ?? undefined)),
  f1Score: each((given) => f1Score(given.list(0), given.list(1), given.number(2))),
  calibrationError: each((given) => {
    const confidences = given.list(0);
    const outcomes = given.listOrNull(1) ?? confidences.map((_, row) => ((row * 31) % 7) % 2);
    return calibrationError(confidences, outcomes, ascendingOrder(confidences));
  }),
  valueOptimalThreshold: each((given) => valueOptimalThreshold(given.list(0), given.list(1), given.list(2)).achieved),
};
