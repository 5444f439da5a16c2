import type { GateSpec } from '../../../src/domain/spec/spec.ts';
import { sideOf } from '../../../src/domain/training/compare-paired.ts';
import type { CheckVerdict, SliceRows } from '../../../src/domain/training/gate-check.ts';
import { judgeGate } from '../../../src/domain/training/judge-gate.ts';
import type { MetricName } from '../../../src/domain/metrics/registry.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { pairedRowsOf, type PairedDraw } from '../../../tests/worlds/paired-world.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { gateWorlds, harmOf } from './gate-worlds.ts';
import { count } from './judged-gate.ts';

const alpha = 0.05;

/** Of one slice: the larger the harm, the worse the candidate; at `worst` by exactly the margin. */
interface SliceWorld {
  readonly name: string;
  readonly metric: MetricName;
  readonly margin: number;
  readonly worst: number;
  readonly draw: (random: Random, harm: number) => PairedDraw;
}

/** A champion that is always right, and a candidate that is wrong as often as the harm says: no slice is left open. */
const wrong: SliceWorld = {
  name: 'accuracy',
  metric: 'accuracy',
  margin: 0.05,
  worst: 0.05,
  draw: (random, harm) => {
    const label = random.next() < 0.3 ? 1 : 0;
    const right = label === 1 ? 3 : -3;
    return { label, champion: right, challenger: random.next() < harm ? -right : right };
  },
};

/** How often a gate over slices errs, where it is known which slices are harmed and how much. */
export function sliceFigures(runs: number): readonly Figure[] {
  const noisy = gateWorlds.find(({ name }) => name === 'log loss');
  const logLoss = noisy === undefined ? [] : [{ ...noisy, worst: harmOf(noisy) }];
  return [
    ...[2, 5, 20].flatMap((slices) => errorFigures(wrong, slices, 200, runs)),
    ...logLoss.flatMap((world) => [...errorFigures(world, 5, 1_000, runs), ...powerFigures(world, runs)]),
  ];
}

/** One slice that is worse by exactly the margin while the others are equal, and all of them so. */
function errorFigures(world: SliceWorld, slices: number, rows: number, runs: number): readonly Figure[] {
  const none = Array.from({ length: slices }, () => 0);
  const one = none.map((_, k) => (k === 0 ? world.worst : 0));
  const all = none.map(() => world.worst);
  const name = `${world.name}, ${slices} slices of ${rows} rows`;
  const share = (harms: readonly number[], verdict: CheckVerdict) => verdicts(world, harms, rows, verdict, runs);
  return [
    atMost(`${name}: one worse by the margin, passed`, share(one, 'pass'), runs, alpha),
    atMost(`${name}: all worse by the margin, said to be harmed beyond it`, share(all, 'fail'), runs, alpha),
    atMost(`${name}: equal everywhere, refused`, share(none, 'fail'), runs, alpha),
  ];
}

function powerFigures(world: SliceWorld, runs: number): readonly Figure[] {
  // Noise of 2 costs about 0.2 nats, ten times the margin.
  const refused = verdicts(world, [2, 0, 0, 0, 0], 1_000, 'fail', runs);
  const passed = verdicts(world, [0, 0, 0], 4_000, 'pass', runs);
  return [
    atLeast(`${world.name}, 5 slices of 1000 rows: one much worse, refused`, refused, runs, 0.95),
    atLeast(`${world.name}, 3 slices of 4000 rows: equal everywhere, passed`, passed, runs, 0.8),
  ];
}

function verdicts(
  world: SliceWorld,
  harms: readonly number[],
  rows: number,
  verdict: CheckVerdict,
  runs: number,
): number {
  const { metric, margin } = world;
  const gate: GateSpec = { gate: 'noWorseInSlices', metric, margin, alpha, slices: ['k'], undecided: 'wait' };
  return count(runs, (run) => {
    const random = createRandom(`slices ${harms} ${rows} ${run}`);
    const champion = pairedRowsOf(rows * harms.length, (row) => world.draw(random, harms[row % harms.length] ?? 0));
    const slices = harms.map((_, k): SliceRows => {
      return { name: `k = ${k}`, under: 'k', rows: Array.from({ length: rows }, (_row, i) => i * harms.length + k) };
    });
    const candidate = sideOf(champion, 'challenger');
    const input = { gates: [gate], candidate, baselines: {}, champion, slices, promotion: { metric } } as const;
    return judgeGate(input).verdict === verdict;
  });
}
