import { alphaShares } from '../../../src/domain/rollout/alpha-shares.ts';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import { atLeast, atMost, beside, type Figure } from '../figure.ts';
import { peerRules } from './peer-rules.ts';
import { playRollout, type Played } from './play-rollout.ts';
import { rolloutWorlds, type RolloutWorld } from './rollout-worlds.ts';

const plan = defaultRollout('binary');
/** All rules together: two verdicts about quality, before the promotion and after it. */
const limit =
  plan.alpha * (alphaShares.evidence + alphaShares.breaker + alphaShares.assignment + 2 * alphaShares.quality);
/** Failed answers until a challenger that fails five times as often is stopped: half of the rollouts keep to it. */
const badMax = 170;

/**
 * Versions that are as good as each other, over all looks of a whole rollout, in each kind of traffic; and one that
 * fails five times as often. Rules of others stand beside ours, on the same rows at the same looks.
 */
export function rolloutFigures(rollouts: number): readonly Figure[] {
  return [...rolloutWorlds.flatMap((world) => equalFigures(world, rollouts)), ...harmFigures(rollouts)];
}

function equalFigures(world: RolloutWorld, rollouts: number): readonly Figure[] {
  const played = playAll(world, rollouts, 1);
  const what = `rollout of equals, ${world.name}`;
  const stopped = played.filter(isStopped).length;
  return [
    atMost(`${what}: stopped`, stopped, rollouts, limit),
    ...(world.delayOf === undefined ? [] : [impatientFigure(world, what, rollouts)]),
    // Rules of others look at failures alone: once for each kind of them is enough.
    ...(world.labelledRowsMax > 0 ? [] : Object.keys(peerRules)).map((name) => {
      const count = played.filter(({ peers }) => (peers[name] ?? null) !== null).length;
      return beside(`${what}: stopped by failures ${name}`, count, rollouts);
    }),
  ];
}

/** That the world would show the fault: the same looks at labels as they come. */
function impatientFigure(world: RolloutWorld, what: string, rollouts: number): Figure {
  const played = playAll(world, rollouts, 1, true);
  return beside(`${what}: stopped, looking at labels as they come`, played.filter(isStopped).length, rollouts);
}

function harmFigures(rollouts: number): readonly Figure[] {
  return rolloutWorlds.slice(1, 2).flatMap((world) => {
    const played = playAll(world, rollouts, 5);
    const what = `5 times the failures, ${world.name}: stopped within ${badMax} failed answers`;
    const isSoon = (failures: number | null | undefined) => typeof failures === 'number' && failures <= badMax;
    return [
      atLeast(what, played.filter(({ stopped }) => isSoon(stopped?.challengerFailures)).length, rollouts, 0.5),
      ...Object.keys(peerRules).map((name) =>
        beside(`${what} ${name}`, played.filter(({ peers }) => isSoon(peers[name])).length, rollouts),
      ),
    ];
  });
}

function isStopped({ stopped }: Played): boolean {
  return stopped !== null;
}

function playAll(world: RolloutWorld, rollouts: number, riskRatio: number, isImpatient = false): readonly Played[] {
  return Array.from({ length: rollouts }, (_, run) =>
    playRollout(world, `rollout ${world.name} ${run}`, { plan, riskRatio, peers: peerRules, isImpatient }),
  );
}
