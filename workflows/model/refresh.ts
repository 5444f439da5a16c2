import { light } from '../base/proxies.ts';
import { decideApplied, decideWindow } from './queue.ts';
import type { Entity } from './state.ts';

/** Takes up what Postgres says is under way or undecided, so that a signal that was lost delays and never loses. */
export async function refresh(entity: Entity): Promise<void> {
  const { model, queue, awaited } = entity;
  const facts = await light('re-read outcomes').readEntityFacts({ model, awaited: [...awaited] });
  entity.pausedBy = facts.pausedBy;
  for (const runId of facts.running) awaited.add(runId);
  for (const runId of facts.ended) queue.push({ task: 'outcome', runId });
  for (const window of facts.undecidedWindows) queue.push(decideWindow(window));
  if (facts.neverTrained) queue.push(decideApplied(facts.specRevision));
}
