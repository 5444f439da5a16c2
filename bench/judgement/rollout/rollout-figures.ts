import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';
import { peerRules } from './peer-rules.ts';
import type { RolloutCounts } from './rollout-blocks.ts';
import { ours, soonMax, tallyRollouts } from './rollout-tally.ts';
import { rolloutWorlds, type RolloutWorld } from './rollout-worlds.ts';

const plan = defaultRollout('binary');
/** All rules together: two verdicts about quality, before the promotion and after it. */
const limit =
  plan.alpha * (alphaShares.evidence + alphaShares.breaker + alphaShares.assignment + 2 * alphaShares.quality);
const harmWorlds = rolloutWorlds.slice(1, 2);
const harmName = '5 times the failures';

/** Names that `--world` takes. */
export const rolloutWorldNames: readonly string[] = [...rolloutWorlds.map(({ name }) => name), harmName];

export interface RolloutAsked {
  /** One of `rolloutWorldNames`; null for all of them. */
  readonly world: string | null;
  /** A file that keeps what has been played; null for none. */
  readonly keep: string | null;
}

/**
 * Versions that are as good as each other, over all looks of a whole rollout, in each kind of traffic; and one that
 * fails five times as often. Rules of others stand beside ours, on the same rows at the same looks.
 */
export function rolloutFigures(
  rollouts: number,
  { world, keep }: RolloutAsked = { world: null, keep: null },
): readonly Figure[] {
  const isAsked = (name: string) => world === null || world === name;
  return [
    ...rolloutWorlds.filter(({ name }) => isAsked(name)).flatMap((one) => equalFigures(one, rollouts, keep)),
    ...harmWorlds.filter(() => isAsked(harmName)).flatMap((one) => harmFigures(one, rollouts, keep)),
  ];
}

function equalFigures(world: RolloutWorld, rollouts: number, keep: string | null): readonly Figure[] {
  const { stopped } = tallyRollouts({ world, riskRatio: 1, isImpatient: false }, rollouts, keep);
  const what = `rollout of equals, ${world.name}`;
  return [
    atMost(`${what}: stopped`, stopped[ours] ?? 0, rollouts, limit),
    ...(world.delayOf === undefined ? [] : [impatientFigure(world, what, rollouts, keep)]),
    // Rules of others look at failures alone: once for each kind of them is enough.
    ...(world.labelledRowsMax > 0 ? [] : besides(stopped, rollouts, `${what}: stopped by failures`)),
  ];
}

/** That the world would show the fault: the same looks at labels as they come. */
function impatientFigure(world: RolloutWorld, what: string, rollouts: number, keep: string | null): Figure {
  const { stopped } = tallyRollouts({ world, riskRatio: 1, isImpatient: true }, rollouts, keep);
  return beside(`${what}: stopped, looking at labels as they come`, stopped[ours] ?? 0, rollouts);
}

/** Half of the rollouts keep to so many failed answers. */
function harmFigures(world: RolloutWorld, rollouts: number, keep: string | null): readonly Figure[] {
  const { soon } = tallyRollouts({ world, riskRatio: 5, isImpatient: false }, rollouts, keep);
  const what = `${harmName}, ${world.name}: stopped within ${soonMax} failed answers`;
  return [atLeast(what, soon[ours] ?? 0, rollouts, 0.5), ...besides(soon, rollouts, what)];
}

function besides(counts: RolloutCounts['stopped'], rollouts: number, what: string): readonly Figure[] {
  return Object.keys(peerRules).map((name) => beside(`${what} ${name}`, counts[name] ?? 0, rollouts));
}
