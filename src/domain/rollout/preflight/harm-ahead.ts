import type { RolloutSpec } from '../../spec/spec.ts';
import { judgeLook } from '../judge-look.ts';
import { firstRows, type RecentTraffic, type Stretch } from './traffic-ahead.ts';

export interface Ahead {
  readonly stretches: readonly Stretch[];
  readonly traffic: Pick<RecentTraffic, 'entities' | 'failureRate'>;
  readonly rollout: Pick<RolloutSpec, 'alpha' | 'riskRatioMax' | 'breaker'>;
  /** Whether the failures asked about are rows without an answer: the breaker sees no others. */
  readonly isOfErrors: boolean;
}

/** 80 % of a normal lies above its mean minus this many standard deviations. */
export const reachOf80Percent = 0.8416;
/** An entity is a unit of the breaker once in so many rows. */
const breakerStretchRows = 500;
/** The largest multiple of the accepted ratio that the e-process bets on. */
const ratioMost = 30;
const halvings = 40;

/**
 * Whether a challenger that fails on this share of its rows would be stopped within so many rows of the rollout with
 * about 80 % probability: the failures that come in four of five rollouts are given to the very function that judges.
 * They are the most probable ones of those whose evidence lies 0.84 standard deviations below its mean, with failures
 * taken for Poisson numbers. Assumes that entities fail independently of each other.
 */
export function isHarmSeen(ahead: Ahead, challengerRate: number, rows: number): boolean {
  const { rollout, traffic } = ahead;
  const stretches = firstRows(ahead.stretches, rows);
  const failures = unluckyFailures(expectedFailures(stretches, traffic, challengerRate), {
    ratio: traffic.failureRate > 0 ? challengerRate / traffic.failureRate : Infinity,
    riskRatioMax: rollout.riskRatioMax,
  });
  const challengerRows = stretches.reduce((sum, stretch) => sum + stretch.rows * stretch.weight, 0);
  const challengerUnits = challengerRows * unitsPerRow(traffic.entities);
  const spread = Math.sqrt(challengerUnits * challengerRate * (1 - challengerRate));
  const judged = judgeLook({
    failures,
    assigned: [],
    challengerRows,
    challengerErrors: challengerRows * challengerRate,
    challengerUnits,
    challengerUnitFailures: ahead.isOfErrors
      ? Math.max(0, challengerUnits * challengerRate - reachOf80Percent * spread)
      : 0,
    rollout,
  });
  return judged.verdict === 'stop';
}

/** Rows of the rollout until that challenger is stopped; null where `rowsMax` do not suffice. */
export function rowsUntilSeen(ahead: Ahead, challengerRate: number, rowsMax: number): number | null {
  if (!isHarmSeen(ahead, challengerRate, rowsMax)) return null;
  let [low, high] = [0, rowsMax];
  for (let step = 0; step < halvings && high - low > 1; step++) {
    const middle = (low + high) / 2;
    if (isHarmSeen(ahead, challengerRate, middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high);
}

/** The least share of failing rows that is seen within so many rows; null where not even every row failing is. */
export function leastHarmSeen(ahead: Ahead, rows: number): number | null {
  if (!isHarmSeen(ahead, 1, rows)) return null;
  let [low, high] = [Math.max(ahead.traffic.failureRate, 1e-6), 1];
  for (let step = 0; step < halvings && high / low > 1.001; step++) {
    const middle = Math.sqrt(low * high);
    if (isHarmSeen(ahead, middle, rows)) high = middle;
    else low = middle;
  }
  return high;
}

interface ExpectedFailures {
  readonly weight: number;
  readonly champion: number;
  readonly challenger: number;
}

/**
 * First failures of entities by stretch. Entities that go over to the challenger at a later step have been the
 * champion's before; one that has failed fails no more. Rows of shadow count for nothing: no failure in it is stored.
 */
function expectedFailures(
  stretches: readonly Stretch[],
  { entities, failureRate }: Ahead['traffic'],
  challengerRate: number,
): readonly ExpectedFailures[] {
  const weights = stretches.map(({ weight }) => weight);
  const groups = [...new Set([...weights, 1])].toSorted((a, b) => a - b);
  const alive = groups.map((upTo, place) => upTo - (groups[place - 1] ?? 0));
  return stretches.map(({ weight, rows }) => {
    const sums = { weight, champion: 0, challenger: 0 };
    if (weight === 0) return sums;
    for (const [place, upTo] of groups.entries()) {
      const [arm, rate] =
        upTo <= weight ? (['challenger', challengerRate] as const) : (['champion', failureRate] as const);
      const left = alive[place] ?? 0;
      if (entities === null) {
        sums[arm] += left * rows * rate;
        continue;
      }
      const failing = left * -Math.expm1((rows / entities) * Math.log1p(-Math.min(rate, 1 - 1e-12)));
      sums[arm] += failing * entities;
      alive[place] = left - failing;
    }
    return sums;
  });
}

function unluckyFailures(
  expected: readonly ExpectedFailures[],
  { ratio, riskRatioMax }: { readonly ratio: number; readonly riskRatioMax: number },
): Parameters<typeof judgeLook>[0]['failures'] {
  const bet = Math.min(Math.max(ratio, riskRatioMax), riskRatioMax * ratioMost);
  const steps = expected.map((step) => ({ ...step, ...gainsOf(step.weight, bet, riskRatioMax) }));
  const variance = steps.reduce((sum, s) => sum + s.challenger * s.won * s.won + s.champion * s.lost * s.lost, 0);
  const shift = variance > 0 ? reachOf80Percent / Math.sqrt(variance) : 0;
  return steps.map(({ weight, champion, challenger, won, lost }) => ({
    weight,
    championFailures: Math.max(0, champion * (1 - shift * lost)),
    challengerFailures: Math.max(0, challenger * (1 - shift * won)),
  }));
}

/** What one failure of each arm adds to the log e-value of a bet on this ratio. */
function gainsOf(weight: number, bet: number, riskRatioMax: number): { readonly won: number; readonly lost: number } {
  if (weight <= 0 || weight >= 1) return { won: 0, lost: 0 };
  const price = Math.log((1 - weight + bet * weight) / (1 - weight + riskRatioMax * weight));
  return { won: Math.log(bet / riskRatioMax) - price, lost: -price };
}

/** Distinct entities in a stretch of the breaker, by its rows. */
function unitsPerRow(entities: number | null): number {
  if (entities === null) return 1;
  return (
    (entities * -Math.expm1(breakerStretchRows * Math.log1p(-1 / Math.max(entities, 1 + 1e-9)))) / breakerStretchRows
  );
}
