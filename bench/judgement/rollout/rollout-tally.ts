import process from 'node:process';
import { defaultRollout } from '../../../src/domain/spec/default-spec.ts';
import { peerRules } from './peer-rules.ts';
import { playRollout, type Played } from './play-rollout.ts';
import { addCounts, keepBlock, keptBlocks, type RolloutCounts } from './rollout-blocks.ts';
import type { RolloutWorld } from './rollout-worlds.ts';

/** One way in which a world is played. */
export interface RolloutCase {
  readonly world: RolloutWorld;
  /** Times as many failures of the challenger's as of the champion's. */
  readonly riskRatio: number;
  /** Whether labels are looked at as they come. */
  readonly isImpatient: boolean;
}

export const ours = 'ours';
/** Failed answers of the challenger until it is stopped, in a stop that is soon. */
export const soonMax = 170;
/** Rollouts between two lines of progress, which a kill costs at most. */
const blockRollouts = 500;
/** Rollouts by which rules are told from those that have judged what a file keeps. */
const probeRollouts = 20;

/**
 * Plays rollouts 0, 1, … of a case, each from a seed of its own. With a file, each block is added to it as soon as it
 * is done, and what stands there is not played again: a run that was killed goes on, and a longer one begins where a
 * shorter one has ended. Ends the process with a sentence where other rules have judged what stands there.
 */
export function tallyRollouts(played: RolloutCase, rollouts: number, file: string | null): RolloutCounts {
  const name = nameOf(played);
  const probe = file === null ? 0 : playAll(played, 0, probeRollouts).reduce((sum, { trace }) => sum + trace, 0);
  const kept = file === null ? new Map<number, never>() : keptBlocks(file, name, probe);
  if (kept === 'stale') return refuse(`${file} has rollouts of "${name}" that other rules have judged`);
  let sum: RolloutCounts = { rollouts: 0, stopped: {}, soon: {} };
  for (let from = 0; from < rollouts; from += blockRollouts) {
    const wanted = Math.min(blockRollouts, rollouts - from);
    const old = kept.get(from);
    const block = old?.rollouts === wanted ? old : countOf(playAll(played, from, wanted));
    if (file !== null && block !== old) keepBlock(file, { case: name, from, probe, ...block });
    sum = addCounts(sum, block);
    if (rollouts > blockRollouts && (block !== old || sum.rollouts === rollouts))
      process.stderr.write(`  ${name}: ${sum.rollouts} of ${rollouts} played\n`);
  }
  return sum;
}

function nameOf({ world, riskRatio, isImpatient }: RolloutCase): string {
  const harm = riskRatio === 1 ? '' : `, ${riskRatio} times the failures`;
  return `${world.name}${harm}${isImpatient ? ', impatient' : ''}`;
}

function playAll({ world, riskRatio, isImpatient }: RolloutCase, from: number, rollouts: number): readonly Played[] {
  const options = { plan: defaultRollout('binary'), riskRatio, peers: peerRules, isImpatient };
  return Array.from({ length: rollouts }, (_, at) => playRollout(world, `rollout ${world.name} ${from + at}`, options));
}

function countOf(played: readonly Played[]): RolloutCounts {
  const failuresOf = (name: string) => (one: Played) =>
    name === ours ? (one.stopped?.challengerFailures ?? null) : (one.peers[name] ?? null);
  const countEach = (isCounted: (failures: number) => boolean) =>
    Object.fromEntries(
      [ours, ...Object.keys(peerRules)].map((name) => {
        const found = played.map(failuresOf(name));
        return [name, found.filter((failures) => failures !== null && isCounted(failures)).length];
      }),
    );
  return {
    rollouts: played.length,
    stopped: countEach(() => true),
    soon: countEach((failures) => failures <= soonMax),
  };
}

function refuse(text: string): never {
  process.stderr.write(`error: ${text}; name a new file.\n`);
  process.exit(2);
}
