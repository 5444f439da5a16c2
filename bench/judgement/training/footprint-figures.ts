import type { FootprintGate } from '../../../src/domain/spec/parts/footprint-gate.ts';
import type { CheckVerdict } from '../../../src/domain/training/gate-check.ts';
import { judgeGate } from '../../../src/domain/training/judge-gate.ts';
import { footprintWorld, type FootprintWorld } from '../../../tests/worlds/footprint-world.ts';
import { pairedWorld } from '../../../tests/worlds/paired-world.ts';
import { sideOf } from '../../../src/domain/training/compare-paired.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { count } from './judged-gate.ts';

const alpha = 0.05;
const candidate = sideOf(pairedWorld(60, 1, 1), 'challenger');

interface Case {
  readonly name: string;
  readonly gate: Omit<FootprintGate, 'gate' | 'undecided'>;
  readonly world: FootprintWorld;
}

const at = 2;
const inMs = { figure: 'latencyP99Ms', atMost: at } as const;
const inFactors = { figure: 'latencyP99Ms', atMostTimesChampion: 1.2 } as const;
const now = { share: 0.5, stays: 0.8 };
const always = { share: 1, stays: 1 };

/** Candidates that take just what is asked for: what passes here is an error, and so is what is refused. */
const atLimit: readonly Case[] = [
  ...[0.05, 0.15, 0.5].map((spread) => ({
    name: `starts that differ by ${spread * 100} %`,
    gate: inMs,
    world: { candidateMs: at, spread },
  })),
  { name: 'a machine that is busy now and then', gate: inMs, world: { candidateMs: at, busy: now } },
  { name: 'rows per core', gate: { figure: 'rowsPerCoreSecond', atLeast: 500 }, world: { candidateMs: at, busy: now } },
  {
    name: 'cost',
    gate: { figure: 'costPer1000', atMost: 0.001, price: { perCoreHour: 1.8 } },
    world: { candidateMs: at },
  },
  { name: 'memory', gate: { figure: 'memoryBytes', atMost: 80e6 }, world: { candidateMs: at, busy: always } },
  ...[0.2, 1, 20].map((slowness) => ({
    name: `1.2 times the champion, a machine ${slowness} times as slow`,
    gate: inFactors,
    world: { candidateMs: 1.2, championMs: 1, slowness },
  })),
  {
    name: '1.2 times the champion, busy now and then',
    gate: inFactors,
    world: { candidateMs: 1.2, championMs: 1, busy: now },
  },
  {
    name: '1.2 times the median of the champion, always busy',
    gate: { figure: 'latencyP50Ms', atMostTimesChampion: 1.2 },
    world: { candidateMs: 1.2, championMs: 1, busy: always },
  },
];

/** How often a gate on what the candidate takes errs, where it is known what it takes. */
export function footprintFigures(runs: number): readonly Figure[] {
  const share = (found: Case, verdict: CheckVerdict) => verdicts(found, verdict, runs);
  const good: Case = { name: 'a quarter below the limit', gate: inMs, world: { candidateMs: 0.75 * at } };
  const busyGood: Case = { ...good, name: 'busy', world: { ...good.world, busy: always } };
  const factor = (candidateMs: number): Case => {
    return { name: `factor ${candidateMs}`, gate: inFactors, world: { candidateMs, championMs: 1, busy: now } };
  };
  const bad: Case = { name: 'a half above the limit', gate: inMs, world: { candidateMs: 1.5 * at } };
  return [
    ...atLimit.flatMap((found) => [
      atMost(`${found.name}: just the limit, passed`, share(found, 'pass'), runs, alpha),
      atMost(`${found.name}: just the limit, refused`, share(found, 'fail'), runs, alpha),
    ]),
    atLeast('a quarter below the limit, passed', share(good, 'pass'), runs, 0.95),
    atMost('a quarter below the limit on a machine that is always busy, refused', share(busyGood, 'fail'), runs, 0),
    atLeast('a half above the limit, refused', share(bad, 'fail'), runs, 0.95),
    atMost('twice the champion where 1.2 times is asked, busy now and then, passed', share(factor(2), 'pass'), runs, 0),
  ];
}

function verdicts({ name, gate, world }: Case, verdict: CheckVerdict, runs: number): number {
  const gates = [{ gate: 'footprint', undecided: 'ask', ...gate }] as const;
  return count(runs, (run) => {
    const footprint = { measured: footprintWorld(world, `${name} ${run}`) };
    const input = {
      gates,
      candidate,
      baselines: {},
      champion: null,
      hasChampion: world.championMs !== undefined,
      footprint,
      promotion: { metric: 'logLoss' },
    } as const;
    return judgeGate(input).verdict === verdict;
  });
}
