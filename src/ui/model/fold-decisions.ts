import type { RetrainBlock } from '../../domain/watch/decide-retrain.ts';
import type { DecisionLine } from '../../db/pages/model-story.ts';

export interface FoldedDecision {
  /** The latest of them: its words stand for all. */
  readonly latest: DecisionLine;
  readonly count: number;
  /** Null when all were taken before the first window. */
  readonly fromWindow: number | null;
  readonly toWindow: number | null;
}

/**
 * Neighbours that said no for the same cause become one line; a yes always stands for itself. Latest first, as given.
 */
export function foldDecisions(decisions: readonly DecisionLine[]): readonly FoldedDecision[] {
  const folded: { -readonly [Key in keyof FoldedDecision]: FoldedDecision[Key] }[] = [];
  for (const decision of decisions) {
    const last = folded.at(-1);
    if (last !== undefined && isSame(last.latest, decision)) {
      last.count++;
      last.fromWindow = ofKnown(Math.min, last.fromWindow, decision.windowNumber);
      last.toWindow = ofKnown(Math.max, last.toWindow, decision.windowNumber);
    } else {
      folded.push({ latest: decision, count: 1, fromWindow: decision.windowNumber, toWindow: decision.windowNumber });
    }
  }
  return folded;
}

function ofKnown(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : choose(a, b);
}

function isSame(a: DecisionLine, b: DecisionLine): boolean {
  return !a.retrain && !b.retrain && a.blockedBy === b.blockedBy && a.trigger === b.trigger;
}

/** A block in words for who has not read the code. */
export function blockWord(decision: Pick<DecisionLine, 'blockedBy' | 'trigger'>): string {
  const words: Readonly<Record<RetrainBlock, string>> = {
    imported: 'imported',
    paused: 'paused',
    frozen: 'frozen',
    running: 'already under way',
    cooldown: 'cooldown',
    unhelpful: 'trainings did not help',
    budget: 'budget used up',
    labels: 'too few new labels',
  };
  if (decision.blockedBy === null) return 'nothing asked for it';
  return words[decision.blockedBy];
}
