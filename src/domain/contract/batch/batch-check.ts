import type { BatchRuleSeverity } from '../../spec/closed-sets.ts';

/** `not-yet`: there is nothing to hold the batch against. `failed`: the rule could not be asked, which is no pass. */
export const batchVerdicts = ['kept', 'broken', 'not-yet', 'failed'] as const;
export type BatchVerdict = (typeof batchVerdicts)[number];

/** What a rule found. */
export interface Found {
  readonly verdict: BatchVerdict;
  readonly about: string;
}

/** What became of a rule that holds a batch against those before it, with its evidence. */
export interface BatchCheck {
  readonly ruleId: string;
  readonly severity: BatchRuleSeverity;
  readonly verdict: BatchVerdict;
  /** One sentence with the figures. */
  readonly about: string;
  /** Digests of the snapshots that it was held against; of row counts at most as many as the rule asks for. */
  readonly against: readonly string[];
}

/** `orders-of-a-day, not yet: 2 batches before, of 5 that are asked for`. */
export function sayCheck({ ruleId, verdict, about }: BatchCheck): string {
  return `${ruleId}, ${verdictWords[verdict]}: ${about}`;
}

export const verdictWords: Record<BatchVerdict, string> = {
  kept: 'kept',
  broken: 'broken',
  'not-yet': 'not yet asked',
  failed: 'could not be asked',
};

/** Whether it counts: what is broken, and what could not be asked. */
export function strikes({ verdict }: BatchCheck): boolean {
  return verdict === 'broken' || verdict === 'failed';
}
