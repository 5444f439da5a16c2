import type { Tree } from './tree.ts';

/** Rounds between checkpoints: what a killed attempt loses at most. */
export const roundsPerCheckpoint = 25;

/** Anything unreadable counts as no checkpoint: the fit then starts again and gives the same model. */
export function readRounds(state: unknown, outputs: number): readonly (readonly Tree[])[] {
  if (typeof state !== 'object' || state === null || !('rounds' in state) || !Array.isArray(state.rounds)) return [];
  const rounds: unknown[] = state.rounds;
  return rounds.every((round) => isRound(round, outputs)) ? rounds : [];
}

function isRound(round: unknown, outputs: number): round is readonly Tree[] {
  return Array.isArray(round) && round.length === outputs && round.every(isTree);
}

function isTree(tree: unknown): tree is Tree {
  return (
    typeof tree === 'object' &&
    tree !== null &&
    'nodes' in tree &&
    'leaves' in tree &&
    'leafRows' in tree &&
    Array.isArray(tree.nodes) &&
    Array.isArray(tree.leaves) &&
    Array.isArray(tree.leafRows)
  );
}
