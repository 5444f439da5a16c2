import type { Bins } from './bins.ts';
import { TreeGrower, type GrowRules } from './grow-tree.ts';
import type { Kernel } from './kernel/kernel.ts';
import type { Objective } from './objective.ts';
import { addTree, type Tree } from './tree.ts';

export interface BoostRows {
  readonly columns: readonly Uint8Array[];
  readonly labels: Float64Array;
}

export interface BoostRequest {
  readonly bins: readonly Bins[];
  /** Holds the columns of the training rows. */
  readonly kernel: Kernel;
  readonly validation: BoostRows | null;
  readonly objective: Objective;
  readonly rules: Omit<GrowRules, 'leafFactor'>;
  readonly learningRate: number;
  readonly roundsMax: number;
  /** Stop after this many rounds without a better validation loss. */
  readonly patienceRounds: number;
  /** Rounds of an earlier attempt at the same request: replayed instead of grown. */
  readonly resume: readonly (readonly Tree[])[];
  readonly onRound: (rounds: readonly (readonly Tree[])[], isNew: boolean) => Promise<void>;
}

export interface Boosted {
  /** One tree per output and round, cut after the best validation round. */
  readonly rounds: readonly (readonly Tree[])[];
  readonly validationLoss: number | null;
}

/**
 * Gradient boosting with early stopping. Scores are rebuilt by replaying trees in order, so a resume changes nothing.
 */
export async function boost(request: BoostRequest): Promise<Boosted> {
  const { objective, kernel, validation, rules, learningRate } = request;
  const { rows, columns } = kernel;
  const grower = new TreeGrower(kernel, request.bins);
  const binCounts = request.bins.map(({ count }) => count);
  const scores = objective.base.map((value) => new Float64Array(rows).fill(value));
  const held =
    validation === null ? [] : objective.base.map((value) => new Float64Array(validation.labels.length).fill(value));
  const rounds: Tree[][] = [];
  let bestLoss = validation === null ? null : objective.loss(held, validation.labels);
  let bestRounds = 0;
  while (rounds.length < request.roundsMax) {
    const known = request.resume[rounds.length];
    const round: Tree[] = [];
    if (known === undefined) objective.startRound(scores);
    for (const [output, target] of scores.entries()) {
      const resumed = known?.[output];
      if (resumed === undefined) {
        objective.gradients(output, scores, kernel.gradients);
        round.push(grower.grow({ ...rules, leafFactor: learningRate * objective.leafScale }, target));
      } else {
        addTree(resumed, columns, binCounts, target);
        round.push(resumed);
      }
    }
    if (round.every((tree) => tree.nodes.length === 0)) break;
    rounds.push(round);
    if (validation !== null && bestLoss !== null) {
      for (const [output, tree] of round.entries())
        addTree(tree, validation.columns, binCounts, held[output] ?? new Float64Array(0));
      const loss = objective.loss(held, validation.labels);
      if (loss < bestLoss) {
        bestLoss = loss;
        bestRounds = rounds.length;
      } else if (rounds.length - bestRounds >= request.patienceRounds) break;
    }
    // oxlint-disable-next-line no-await-in-loop -- rounds depend on each other; this is where an abort is noticed
    await request.onRound(rounds, known === undefined);
  }
  return { rounds: validation === null ? rounds : rounds.slice(0, bestRounds), validationLoss: bestLoss };
}
