import { judgeLook } from '../../../src/domain/rollout/judge-look.ts';
import { judgePromotion } from '../../../src/domain/rollout/judge-promotion.ts';
import type { RolloutSpec } from '../../../src/domain/spec/spec.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { createLabelledStream } from './labelled-stream.ts';
import type { PeerRule } from './peer-rules.ts';
import { createRampCounts } from './ramp-counts.ts';
import { createRampTraffic } from './ramp-traffic.ts';
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
  /** The sum of the bounds and e-values of all looks: other rules give another one, also where they stop the same. */
  readonly trace: number;
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

/**
 * A whole rollout: a ramp of 10, 25 and 50 % of 2,000 rows each, looked at for harm at every look; then labelled pairs
 * for the promotion, and as many again for the guard. Counts are those that the platform takes from its log: first
 * failures of entities, entities by arm, units of the breaker once in 500 rows.
 */
export function playRollout(world: RolloutWorld, seed: string, options: PlayOptions): Played {
  const random = createRandom(seed);
  const ramp = playRamp(world, random, options);
  if (ramp.stopped !== null || world.labelledRowsMax === 0) return ramp;
  let { trace } = ramp;
  let stopped: Stopped | null = null;
  for (let verdict = 0; verdict < 2 && stopped === null; verdict++) {
    const found = playVerdict(world, random, options);
    trace += found.trace;
    if (found.isWorse) stopped = { by: 'quality', challengerFailures: 0 };
  }
  return { ...ramp, stopped, trace };
}

function playRamp(world: RolloutWorld, random: Random, { plan, riskRatio, peers }: PlayOptions): Played {
  const traffic = createRampTraffic(world, random, riskRatio);
  const count = createRampCounts(weights, world.entities ?? weights.length * stepRows + 1);
  const rules = Object.entries(peers).map(([name, create]) => ({ name, rule: create() }));
  const found: Record<string, number | null> = Object.fromEntries(rules.map(({ name }) => [name, null]));
  let stopped: Stopped | null = null;
  let nextLook = rowsToLook(world, random);
  let trace = 0;
  for (const [at, weight] of weights.entries())
    for (let row = 1; row <= stepRows; row++) {
      const seq = at * stepRows + row;
      count.add(traffic.next(weight), at, seq);
      if (seq < nextLook && row < stepRows) continue;
      nextLook = seq + rowsToLook(world, random);
      const arms = count.arms();
      if (stopped === null) {
        const { verdict, logEValue, assignmentEValue, breakerEValue } = judgeLook({ ...count.look(), rollout: plan });
        trace += logEValue + assignmentEValue + breakerEValue;
        if (verdict === 'stop') stopped = { by: 'failures', challengerFailures: arms.challengerErrors };
      }
      for (const { name, rule } of rules) if (found[name] === null && rule(arms)) found[name] = arms.challengerErrors;
    }
  return { stopped, peers: found, trace };
}

function rowsToLook({ looks, lookRows }: RolloutWorld, random: Random): number {
  return looks === 'rows' ? lookRows : 1 + Math.floor(-2 * lookRows * Math.log(1 - random.next()));
}

/** Over all looks at labelled pairs, until one decides. */
function playVerdict(
  world: RolloutWorld,
  random: Random,
  { plan, isImpatient = false }: PlayOptions,
): { readonly isWorse: boolean; readonly trace: number } {
  const { labelledRowsMax, lookRows } = world;
  const stream = createLabelledStream(world, random);
  const promotion = { ...plan.promotion, labelledRowsMin: Math.min(plan.promotion.labelledRowsMin, lookRows) };
  let trace = 0;
  for (let rows = 0; rows < labelledRowsMax; rows += lookRows) {
    stream.draw(lookRows);
    const paired = isImpatient ? stream.known() : stream.mature();
    const { verdict, lower, upper } = judgePromotion(paired, { ...plan, promotion });
    trace += (lower ?? 0) + (upper ?? 0);
    if (verdict !== 'undecided' && verdict !== 'insufficient') return { isWorse: verdict === 'worse', trace };
  }
  return { isWorse: false, trace };
}
