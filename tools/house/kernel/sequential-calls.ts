import { sequenceReach } from '../../../src/statistics/sequential/confidence-sequence.ts';
import {
  alternativeRatio,
  isBeyondBoundary,
  logAssignmentEValue,
  logEValue,
  logRateEValue,
  logSumExp,
  type FailureCounts,
} from '../../../src/statistics/sequential/e-process.ts';
import { estimatedExcess, logExcessEValue, provenExcess } from '../../../src/statistics/sequential/excess.ts';
import { provenMean } from '../../../src/statistics/sequential/proven-mean.ts';
import { each, largest, logarithm, type KernelCalls } from './call.ts';
import type { Given } from './given.ts';

export const sequentialCalls: KernelCalls = {
  alternativeRatio: each((given) => alternativeRatio(given.number(0))),
  logSumExp: logarithm((given) => logSumExp(given.list(0))),
  logEValue: logarithm((given) => logEValue(countsOf(given), given.number(1))),
  logRateEValue: logarithm((given) => logRateEValue(given.number(0), given.number(1), given.number(2))),
  logAssignmentEValue: logarithm((given) =>
    logAssignmentEValue(
      given.rows(0).map(([weight = 0, champion = 0, challenger = 0]) => ({ weight, champion, challenger })),
    ),
  ),
  isBeyondBoundary: each((given) => (isBeyondBoundary(given.number(0), given.number(1)) ? 1 : 0)),
  estimatedExcess: each((given) => estimatedExcess(countsOf(given))),
  logExcessEValue: logarithm((given) => logExcessEValue(countsOf(given), given.number(1), given.number(2))),
  provenExcess: each((given) => provenExcess(countsOf(given), given.number(1), given.number(2))),
  sequenceReach: each((given) => sequenceReach(given.number(0), given.number(1), given.number(2))),
  provenMean: largest((given) => {
    const groups = given.listOrNull(3);
    const proven = provenMean(given.list(0), {
      alpha: given.number(1),
      blockRows: given.number(2),
      groups: groups === null ? null : Uint32Array.from(groups),
      span: given.number(4),
      isForAllLooks: given.flag(5),
    });
    return [[proven?.rows, proven?.estimate, proven?.lower]];
  }),
};

function countsOf(given: Given): readonly FailureCounts[] {
  return given.rows(0).map(([weight = 0, championFailures = 0, challengerFailures = 0]) => ({
    weight,
    championFailures,
    challengerFailures,
  }));
}
