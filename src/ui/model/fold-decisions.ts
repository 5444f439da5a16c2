import type { RetrainBlock } from '../../domain/watch/decide-retrain.ts';
import type { DecisionLine } from '../../db/pages/model-story.ts';

export interface FoldedDecision {
  /** The latest of them: its words stand for all. */
  readonly latest: DecisionLine;
  readonly count: number;
  readonly fromWindow: number;
  readonly toWindow: number;
}

/**
 * Neighbours that said no for the same cause become one line; a yes always stands for itself. Latest first, as given.
 */
export function foldDecisions(decisions: readonly DecisionLine[]): readonly FoldedDecision[] {
  const folded: { latest: DecisionLine; count: number; fromWindow: number; toWindow: number }[] = [];
  for (const decision of decisions) {
    const last = folded.at(-1);
    if (last !== undefined && isSame(last.latest, decision)) {
      last.count++;
      last.fromWindow = Math.min(last.fromWindow, decision.windowNumber);
      last.toWindow = Math.max(last.toWindow, decision.windowNumber);
    } else {
      folded.push({ latest: decision, count: 1, fromWindow: decision.windowNumber, toWindow: decision.windowNumber });
    }
  }
  return folded;
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
    budget: 'budget used up',
    labels: 'too few new labels',
  };
  if (decision.blockedBy === null) return 'nothing asked for it';
  return words[decision.blockedBy];
}
