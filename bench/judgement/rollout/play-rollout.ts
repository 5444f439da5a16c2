import { judgeLook } from '../../../src/domain/rollout/judge-look.ts';
import { judgePromotion } from '../../../src/domain/rollout/judge-promotion.ts';
import type { RolloutSpec } from '../../../src/domain/spec/spec.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { delayedPairs, knownRows, matureAt, type DelayedRow } from '../../../tests/worlds/delayed-world.ts';
import type { PeerRule } from './peer-rules.ts';
import type { RolloutWorld } from './rollout-worlds.ts';

/** What stopped a rollout, and after how many failed answers of the challenger; null where nothing did. */
export interface Stopped {
  readonly by: 'failures' | 'quality';
  readonly challengerFailures: number;
}

export interface Played {
  readonly stopped: Stopped | null;
  /** Of each rule beside ours, at the same looks: failed answers of the challenger until it stopped, or null. */
  readonly peers: Readonly<Record<string, number | null>>;
}

export interface PlayOptions {
  readonly plan: RolloutSpec;
  /** Times as many failures of the challenger's as of the champion's. */
  readonly riskRatio: number;
  readonly peers: Readonly<Record<string, () => PeerRule>>;
  /** True looks at labels as they come, and waits for no row to be mature; false where that is left out. */
  readonly isImpatient?: boolean;
}

const weights = [0.1, 0.25, 0.5];
const stepRows = 2_000;
const unitRows = 500;

/** A row of traffic, as the log has it. */
interface Row {
  readonly entity: number;
  readonly isChallenger: boolean;
  readonly hasFailed: boolean;
}

/**
 * A whole rollout: a ramp of 10, 25 and 50 % of 2,000 rows each, looked at for harm at every look; then labelled pairs
 * for the promotion, and as many again for the guard. Counts are those that the platform takes from its log: first
 * failures of entities, entities by arm, units of the breaker once in 500 rows.
 */
export function playRollout(world: RolloutWorld, seed: string, options: PlayOptions): Played {
  const random = createRandom(seed);
  const ramp = playRamp(world, random, options);
  if (ramp.stopped !== null || world.labelledRowsMax === 0) return ramp;
  const isWorse = () => isCalledWorse(world, random, options);
  const stopped = isWorse() || isWorse() ? { by: 'quality' as const, challengerFailures: 0 } : null;
  return { ...ramp, stopped };
}

function playRamp(world: RolloutWorld, random: Random, { plan, riskRatio, peers }: PlayOptions): Played {
  const rowOf = traffic(world, random, riskRatio);
  const count = createCounts();
  const rules = Object.entries(peers).map(([name, create]) => ({ name, rule: create() }));
  const found: Record<string, number | null> = Object.fromEntries(rules.map(({ name }) => [name, null]));
  let stopped: Stopped | null = null;
  let nextLook = rowsToLook(world, random);
  for (const [at, weight] of weights.entries())
    for (let row = 1; row <= stepRows; row++) {
      const seq = at * stepRows + row;
      count.add(rowOf(weight), at, seq);
      if (seq < nextLook && row < stepRows) continue;
      nextLook = seq + rowsToLook(world, random);
      const { challengerErrors } = count.look();
      if (stopped === null && judgeLook({ ...count.look(), rollout: plan }).verdict === 'stop')
        stopped = { by: 'failures', challengerFailures: challengerErrors };
      for (const { name, rule } of rules)
        if (found[name] === null && rule(count.arms())) found[name] = challengerErrors;
    }
  return { stopped, peers: found };
}

function rowsToLook({ looks, lookRows }: RolloutWorld, random: Random): number {
  return looks === 'rows' ? lookRows : 1 + Math.floor(-2 * lookRows * Math.log(1 - random.next()));
}

/** The next row at a weight. An entity keeps its place among all, and so its arm while the weight stays. */
function traffic(world: RolloutWorld, random: Random, riskRatio: number): (weight: number) => Row {
  const places = Float64Array.from({ length: world.entities ?? 0 }, () => random.next());
  const proneness = Float64Array.from(places, () => -Math.log(1 - random.next()));
  let isBurst = false;
  let seq = 0;
  return (weight) => {
    seq++;
    if (world.burstTimes > 1 && random.next() < (isBurst ? 1 / 50 : 1 / 450)) isBurst = !isBurst;
    const entity = world.entities === null ? seq : random.integer(world.entities);
    const place = world.entities === null ? random.next() : (places[entity] ?? 0);
    const isChallenger = place < weight;
    const share =
      world.failureShare *
      (isBurst ? world.burstTimes : 1) *
      (world.entities === null ? 1 : (proneness[entity] ?? 1)) *
      (isChallenger ? riskRatio : 1);
    return { entity, isChallenger, hasFailed: random.next() < Math.min(0.9, share) };
  };
}

function createCounts() {
  const failures = weights.map((weight) => ({ weight, championFailures: 0, challengerFailures: 0 }));
  const assigned = weights.map((weight) => ({ weight, champion: 0, challenger: 0 }));
  const all = { championRows: 0, championErrors: 0, challengerRows: 0, challengerErrors: 0 };
  const units = { challengerUnits: 0, challengerUnitFailures: 0 };
  const [known, failed] = [new Set<number>(), new Set<number>()];
  const lastUnit = new Map<number, number>();

  function add({ entity, isChallenger, hasFailed }: Row, step: number, seq: number): void {
    const arm = isChallenger ? 'challenger' : 'champion';
    all[`${arm}Rows`]++;
    if (hasFailed) all[`${arm}Errors`]++;
    const [assignedNow, failuresNow] = [assigned[step], failures[step]];
    if (!known.has(entity) && assignedNow !== undefined) assignedNow[arm]++;
    known.add(entity);
    if (hasFailed && !failed.has(entity) && failuresNow !== undefined) failuresNow[`${arm}Failures`]++;
    if (hasFailed) failed.add(entity);
    const stretch = Math.floor((seq - 1) / unitRows);
    if (!isChallenger || lastUnit.get(entity) === stretch) return;
    lastUnit.set(entity, stretch);
    units.challengerUnits++;
    if (hasFailed) units.challengerUnitFailures++;
  }

  const look = () => ({
    failures,
    assigned,
    challengerRows: all.challengerRows,
    challengerErrors: all.challengerErrors,
    ...units,
  });
  return { add, look, arms: () => ({ ...all }) };
}

/** Over all looks at labelled pairs, until one decides. */
function isCalledWorse(world: RolloutWorld, random: Random, { plan, isImpatient = false }: PlayOptions): boolean {
  const { labelledRowsMax, lookRows, delayOf = () => 0 } = world;
  const rows: DelayedRow[] = [];
  const promotion = { ...plan.promotion, labelledRowsMin: Math.min(plan.promotion.labelledRowsMin, lookRows) };
  while (rows.length < labelledRowsMax) {
    for (let row = 0; row < lookRows; row++) {
      const drawn = world.draw(random);
      const seq = rows.length + 1;
      rows.push({ ...drawn, seq, knownSeq: seq + delayOf(drawn.label) });
    }
    const lastSeq = rows.length;
    const isWaiting = world.delayOf !== undefined && !isImpatient;
    const known = knownRows(rows, isWaiting ? matureAt(rows, lastSeq) : lastSeq, lastSeq);
    const { verdict } = judgePromotion(delayedPairs(known), { ...plan, promotion });
    if (verdict === 'worse') return true;
    if (verdict === 'better' || verdict === 'not-worse') return false;
  }
  return false;
}
