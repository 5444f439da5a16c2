import type { FairnessMeasure } from '../../../src/domain/spec/closed-sets.ts';
import type { CheckVerdict } from '../../../src/domain/training/gate-check.ts';
import { judgeGate } from '../../../src/domain/training/judge-gate.ts';
import { groupedWorld, type GroupDraw } from '../../../tests/worlds/grouped-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { tally } from './judged-gate.ts';

const alpha = 0.05;
const limit = 0.1;

interface FairWorld {
  readonly name: string;
  readonly measure: FairnessMeasure;
  readonly groups: readonly GroupDraw[];
}

const answered = (rows: number, share: number): GroupDraw => {
  return { rows, positives: 0.4, yesIfPositive: share, yesIfNegative: share };
};
const odds = (rows: number, yesIfPositive: number, positives = 0.4): GroupDraw => {
  return { rows, positives, yesIfPositive, yesIfNegative: 0.2 };
};
const calibrated = (rows: number, below: number): GroupDraw => ({ ...odds(rows, 0.7), below });

/** Groups of which two differ by exactly the limit. */
const atLimit: readonly FairWorld[] = [
  { name: 'parity, 100 and 100 rows', measure: 'demographicParity', groups: [answered(100, 0.3), answered(100, 0.2)] },
  { name: 'parity, 2000 and 60', measure: 'demographicParity', groups: [answered(2_000, 0.12), answered(60, 0.02)] },
  { name: 'parity, 60 and 2000', measure: 'demographicParity', groups: [answered(60, 0.12), answered(2_000, 0.02)] },
  {
    name: 'parity, 2000 and 60, all yes',
    measure: 'demographicParity',
    groups: [answered(2_000, 0.9), answered(60, 1)],
  },
  {
    name: 'parity, eight groups of 300',
    measure: 'demographicParity',
    groups: Array.from({ length: 8 }, (_, k) => answered(300, k === 0 ? 0.2 : 0.3)),
  },
  { name: 'odds, 800 and 200', measure: 'equalisedOdds', groups: [odds(800, 0.7), odds(200, 0.6)] },
  { name: 'odds, 5 % positives', measure: 'equalisedOdds', groups: [odds(4_000, 0.7, 0.05), odds(2_000, 0.6, 0.05)] },
  { name: 'calibration, 300 and 300', measure: 'calibration', groups: [calibrated(300, 0), calibrated(300, 0.1)] },
  { name: 'calibration, 2000 and 60', measure: 'calibration', groups: [calibrated(2_000, 0), calibrated(60, 0.1)] },
];

/** How often a gate between groups errs, where it is known by how much they differ. */
export function fairnessFigures(runs: number): readonly Figure[] {
  const equal = {
    name: 'equal',
    measure: 'demographicParity',
    groups: [answered(800, 0.3), answered(800, 0.3)],
  } as const;
  const apart = { ...equal, groups: [answered(800, 0.5), answered(800, 0.3)] };
  return [
    ...atLimit.flatMap((world) => {
      const share = verdicts(world, runs);
      return [
        atMost(`${world.name}: apart by the limit, passed`, share('pass'), runs, alpha),
        atMost(`${world.name}: apart by the limit, refused`, share('fail'), runs, alpha),
      ];
    }),
    atLeast('parity, 800 and 800: equal, passed', verdicts(equal, runs)('pass'), runs, 0.9),
    atLeast('parity, 800 and 800: apart by twice the limit, refused', verdicts(apart, runs)('fail'), runs, 0.8),
  ];
}

function verdicts({ name, measure, groups }: FairWorld, runs: number): (verdict: CheckVerdict) => number {
  const gates = [{ gate: 'fair', measure, atMost: limit, slices: ['group'], undecided: 'wait' }] as const;
  return tally<CheckVerdict>(runs, (run) => {
    const { candidate, slices } = groupedWorld(groups, `${name} ${run}`);
    const input = {
      gates,
      candidate,
      baselines: {},
      champion: null,
      slices,
      promotion: { metric: 'logLoss' },
    } as const;
    return judgeGate(input).verdict;
  });
}
