import type { Bins } from './bins.ts';
import { TreeGrower, type GrowRules } from './grow-tree.ts';
import type { Gradients } from './histogram.ts';
import type { Kernel } from './kernel/kernel.ts';
import { noScores, type Objective } from './objectives/objective.ts';
import { renewLeaves } from './renew-leaves.ts';
import { drawShare } from './sample.ts';
import { addTree, type Tree } from './tree.ts';

export interface BoostRows {
  readonly columns: readonly Uint8Array[];
  readonly labels: Float64Array;
  /** Above 0, or null: each row counts once. */
  readonly weights: Float64Array | null;
}

/** What each tree sees of the rows and columns, drawn from the seed and its number; shares in (0..1]. */
export interface Sampling {
  readonly seed: number;
  readonly rowShare: number;
  readonly columnShare: number;
}

export interface BoostRequest {
  readonly bins: readonly Bins[];
  /** Holds the columns of the training rows. */
  readonly kernel: Kernel;
  readonly training: Omit<BoostRows, 'columns'>;
  readonly validation: BoostRows | null;
  /** Scores before the first round, where they are not the base of the objective: one array per output. */
  readonly start?: { readonly training: readonly Float64Array[]; readonly validation: readonly Float64Array[] };
  readonly objective: Objective;
  readonly rules: Omit<GrowRules, 'leafFactor' | 'rows' | 'features'>;
  readonly sampling: Sampling;
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
  const { objective, kernel, validation } = request;
  const binCounts = request.bins.map(({ count }) => count);
  const scores = startOf(objective, kernel.rows, request.start?.training);
  const growRound = growerOf(request, binCounts);
  const held = validation === null ? [] : startOf(objective, validation.labels.length, request.start?.validation);
  const rounds: (readonly Tree[])[] = [];
  let bestLoss = validation === null ? null : objective.loss(held, validation.labels, validation.weights);
  let bestRounds = 0;
  while (rounds.length < request.roundsMax) {
    const known = request.resume[rounds.length];
    const round = known ?? growRound(rounds.length, scores);
    if (known !== undefined)
      for (const [output, tree] of known.entries())
        addTree(tree, kernel.columns, binCounts, scores[output] ?? noScores);
    // What one draw cannot split, the next one may.
    if (!isSampled(request.sampling) && round.every((tree) => tree.nodes.length === 0)) break;
    rounds.push(round);
    if (validation !== null && bestLoss !== null) {
      for (const [output, tree] of round.entries())
        addTree(tree, validation.columns, binCounts, held[output] ?? noScores);
      const loss = objective.loss(held, validation.labels, validation.weights);
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

type GrowRound = (round: number, scores: readonly Float64Array[]) => readonly Tree[];

/** Grows the trees of one round and adds their answers to the scores. */
function growerOf(request: BoostRequest, binCounts: readonly number[]): GrowRound {
  const { objective, kernel, training, rules, learningRate, sampling } = request;
  const { labels, weights } = training;
  const { rows, columns, gradients } = kernel;
  const grower = new TreeGrower(kernel, request.bins);
  const leafFactor = learningRate * objective.leafScale;
  const { renew } = objective;
  // The grower adds its own leaves, of the rows that it saw: not what is wanted where others are to follow.
  const ignored = renew === undefined && sampling.rowShare === 1 ? null : new Float64Array(rows);
  return (round, scores) => {
    objective.startRound(scores);
    const drawn = sampling.rowShare < 1 ? drawShare(sampling.rowShare, rows, sampling.seed, round, 'rows') : null;
    return scores.map((target, output) => {
      objective.gradients(output, scores, gradients);
      if (weights !== null) weigh(gradients, weights);
      const sampled = {
        ...(drawn === null ? {} : { rows: drawn }),
        ...featuresFor(sampling, columns.length, round * objective.outputs + output),
      };
      const grown = grower.grow({ ...rules, ...sampled, leafFactor }, ignored ?? target);
      if (ignored === null) return grown;
      const tree =
        renew === undefined
          ? grown
          : renewLeaves(grown, renew, { columns, labels, weights, rows: drawn }, binCounts, target, learningRate);
      addTree(tree, columns, binCounts, target);
      return tree;
    });
  };
}

function isSampled({ rowShare, columnShare }: Sampling): boolean {
  return rowShare < 1 || columnShare < 1;
}

/** Which columns a tree may ask about; absent: all. */
function featuresFor({ columnShare, seed }: Sampling, columns: number, tree: number): Pick<GrowRules, 'features'> {
  if (columnShare === 1) return {};
  const features = new Uint8Array(columns);
  for (const column of drawShare(columnShare, columns, seed, tree, 'columns')) features[column] = 1;
  return { features };
}

/** A row of weight 2 pulls as two equal rows do; how many rows a leaf has is not changed by it. */
function weigh({ gradient, hessian }: Gradients, weights: Float64Array): void {
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    gradient[i] = (gradient[i] ?? 0) * weight;
    hessian[i] = (hessian[i] ?? 0) * weight;
  }
}

/** A copy: rounds are added to it. */
function startOf({ base }: Objective, rows: number, given?: readonly Float64Array[]): Float64Array[] {
  return given?.map((scores) => scores.slice()) ?? base.map((value) => new Float64Array(rows).fill(value));
}
