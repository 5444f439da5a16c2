import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';

const keys = {
  model: defineSearchAttributeKey('PerennialModel', 'KEYWORD'),
  version: defineSearchAttributeKey('PerennialVersion', 'KEYWORD'),
  stage: defineSearchAttributeKey('PerennialStage', 'KEYWORD'),
  trigger: defineSearchAttributeKey('PerennialTrigger', 'KEYWORD'),
  verdict: defineSearchAttributeKey('PerennialVerdict', 'KEYWORD'),
  needsApproval: defineSearchAttributeKey('PerennialNeedsApproval', 'BOOL'),
  score: defineSearchAttributeKey('PerennialScore', 'DOUBLE'),
} as const;

export interface Facets {
  readonly model?: string;
  readonly version?: number;
  readonly stage?: string;
  readonly trigger?: string;
  readonly verdict?: string;
  readonly needsApproval?: boolean;
  /** A trained version on its test rows, in the metric that its promotion rests on. */
  readonly score?: number;
}

/** Shows the facets as columns and filters in the Temporal Web UI; never secrets, never rows. */
export function showFacets(facets: Facets): void {
  const pairs: SearchAttributePair[] = [];
  if (facets.model !== undefined) pairs.push({ key: keys.model, value: facets.model });
  if (facets.version !== undefined) pairs.push({ key: keys.version, value: `v${facets.version}` });
  if (facets.stage !== undefined) pairs.push({ key: keys.stage, value: facets.stage });
  if (facets.trigger !== undefined) pairs.push({ key: keys.trigger, value: facets.trigger });
  if (facets.verdict !== undefined) pairs.push({ key: keys.verdict, value: facets.verdict });
  if (facets.needsApproval !== undefined) pairs.push({ key: keys.needsApproval, value: facets.needsApproval });
  if (facets.score !== undefined) pairs.push({ key: keys.score, value: facets.score });
  if (pairs.length > 0) upsertSearchAttributes(pairs);
}

/** True after about 1,000 events, when a run goes on as a new one: replaying several thousand takes seconds. */
export function isTimeToContinue(): boolean {
  const info = workflowInfo();
  return info.continueAsNewSuggested || info.historyLength > 1_000;
}
