import type { Gradients } from '../histogram.ts';

/** From a score to what is answered: the score itself, a probability of the task's classes, or its exponential. */
export type Link = 'task' | 'log';

/**
 * What boosting needs to know about what it minimises. `scores` holds one array per output (1, or one per class), in
 * logits, in the label's own unit, or in logarithms of it.
 */
export interface Objective {
  readonly outputs: number;
  /** Scores before the first tree, float32: those of the best answer that is the same for every row. */
  readonly base: readonly number[];
  /** Multiplies leaf values: the unit of the gradients, in labels. */
  readonly leafScale: number;
  readonly link: Link;
  /** Called once per round, before the gradients of its outputs. */
  startRound(scores: readonly Float64Array[]): void;
  /** By row, each not yet multiplied by its weight. */
  gradients(output: number, scores: readonly Float64Array[], into: Gradients): void;
  /** The mean loss of rows that count by their weights (null: once each), or its root where that is its usual form. */
  loss(scores: readonly Float64Array[], labels: Float64Array, weights: Float64Array | null): number;
  /**
   * Where gradients say the direction alone: what to add to the scores of a leaf, from what its rows miss (label minus
   * score). Absent, a leaf takes its Newton step.
   */
  readonly renew?: (missed: Float64Array, weights: Float64Array | null) => number;
}

/** `weights` say how much each of `labels` counts; null: once. */
export type ObjectiveOf = (labels: Float64Array, classes: number, weights: Float64Array | null) => Objective;

export const noScores = new Float64Array(0);
