import { estimatedExcess } from '../../../statistics/sequential/excess.ts';
import { isAtOnce, type MaturedFailures } from '../judge-failures.ts';
import { judgeLook, type StoppingPlan } from '../judge-look.ts';
import { firstRows, type RecentTraffic, type Stretch } from './traffic-ahead.ts';

export interface Ahead {
  readonly stretches: readonly Stretch[];
  readonly traffic: Pick<RecentTraffic, 'entities' | 'failureRate' | 'wrongRate' | 'labels'>;
  readonly rollout: StoppingPlan;
  /** Whether the failures asked about are rows without an answer: the breaker sees no others. */
  readonly isOfErrors: boolean;
  /** Whether the challenger does more of whatever the champion does, or harm that is seen at once, where it counts. */
  readonly isAlike: boolean;
}

/** 80 % of a normal lies above its mean minus this many standard deviations. */
export const reachOf80Percent = 0.8416;
/** An entity is a unit of the breaker once in so many rows. */
const breakerStretchRows = 500;
/** The largest multiple of the accepted ratio that the e-process bets on. */
const ratioMost = 30;
const halvings = 40;

/** Shares of rows that fail. */
interface Rates {
  readonly champion: number;
  readonly challenger: number;
}

/** What is seen at once, and what is seen of any kind when labels have come. */
interface SeenRates {
  readonly atOnce: Rates;
  readonly matured: Rates;
}

function ratesOf({ traffic, rollout, isAlike }: Ahead, challengerRate: number): SeenRates {
  const { failureRate, wrongRate, labels } = traffic;
  const labelled = wrongRate * (labels?.share ?? 1);
  const atOnce = Math.max(0, failureRate - wrongRate);
  const any = Math.min(1, atOnce + labelled);
  const times = (rate: number): number => (failureRate > 0 ? Math.min(1, (rate * challengerRate) / failureRate) : 0);
  if (isAlike)
    return {
      atOnce: { champion: atOnce, challenger: times(atOnce) },
      matured: { champion: any, challenger: times(any) },
    };
  const known = challengerRate * (labels?.share ?? 1);
  return isAtOnce(rollout.failures)
    ? {
        atOnce: { champion: atOnce, challenger: challengerRate },
        matured: { champion: any, challenger: Math.min(1, challengerRate + labelled) },
      }
    : { atOnce: { champion: 0, challenger: 0 }, matured: { champion: any, challenger: known } };
}

/**
 * Whether a challenger that fails on this share of its rows would be stopped within so many rows of the rollout with
 * about 80 % probability: the failures that come in four of five rollouts are given to the very function that judges.
 * They are the most probable ones of those whose evidence lies 0.84 standard deviations below its mean, with failures
 * taken for Poisson numbers. Wrong decisions are seen when rows are mature. Assumes that entities fail independently of
 * each other.
 */
export function isHarmSeen(ahead: Ahead, challengerRate: number, rows: number): boolean {
  const { rollout, traffic } = ahead;
  const rates = ratesOf(ahead, challengerRate);
  const stretches = firstRows(ahead.stretches, rows);
  const challengerRows = stretches.reduce((sum, stretch) => sum + stretch.rows * stretch.weight, 0);
  const challengerUnits = challengerRows * unitsPerRow(traffic.entities);
  const spread = Math.sqrt(challengerUnits * challengerRate * (1 - challengerRate));
  const judged = judgeLook({
    failures: unluckyFailures(ahead, rates.atOnce, rows),
    matured: rollout.failures.includes('wrong') ? maturedAhead(ahead, rates.matured, rows) : null,
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

/** Where nobody knows yet when labels come, nothing of them is counted on. */
function maturedAhead(ahead: Ahead, rates: Rates, rows: number): MaturedFailures {
  const { labels } = ahead.traffic;
  const throughSeq = labels === null ? 0 : Math.max(0, rows - labels.delayRows);
  return { throughSeq, failures: unluckyFailures(ahead, rates, throughSeq) };
}

/**
 * Failures beyond the champion's that such a challenger is expected to cost within so many rows, whether they are seen
 * by then or not.
 */
export function expectedExcess(ahead: Ahead, challengerRate: number, rows: number): number {
  const { failureRate } = ahead.traffic;
  const rates = { champion: failureRate, challenger: challengerRate };
  const expected = expectedFailures(firstRows(ahead.stretches, rows), ahead.traffic.entities, rates);
  return estimatedExcess(
    expected.map(({ weight, champion, challenger }) => ({
      weight,
      championFailures: champion,
      challengerFailures: challenger,
    })),
  );
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
  entities: number | null,
  rates: Rates,
): readonly ExpectedFailures[] {
  const weights = stretches.map(({ weight }) => weight);
  const groups = [...new Set([...weights, 1])].toSorted((a, b) => a - b);
  const alive = groups.map((upTo, place) => upTo - (groups[place - 1] ?? 0));
  return stretches.map(({ weight, rows }) => {
    const sums = { weight, champion: 0, challenger: 0 };
    if (weight === 0) return sums;
    for (const [place, upTo] of groups.entries()) {
      const [arm, rate] =
        upTo <= weight ? (['challenger', rates.challenger] as const) : (['champion', rates.champion] as const);
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
  { stretches, traffic, rollout }: Ahead,
  rates: Rates,
  rows: number,
): Parameters<typeof judgeLook>[0]['failures'] {
  const { riskRatioMax } = rollout;
  const expected = expectedFailures(firstRows(stretches, rows), traffic.entities, rates);
  const ratio = rates.champion > 0 ? rates.challenger / rates.champion : Infinity;
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
