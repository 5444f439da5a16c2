import { log } from '@temporalio/workflow';
import type { EntityFacts } from '../../src/domain/record/runs.ts';
import { isFinalFailure, rootOf } from '../base/failures.ts';
import { light } from '../base/proxies.ts';
import { decideApplied, decideWindow, offerAgain } from './queue.ts';
import type { Entity } from './state.ts';

/** Takes up what Postgres says is under way, undecided or unperformed: a word that was lost delays and never loses. */
export async function refresh(entity: Entity): Promise<void> {
  const facts = await factsOf(entity);
  if (facts === null) return;
  const { queue, awaited } = entity;
  entity.pausedBy = facts.pausedBy;
  for (const runId of facts.running) awaited.add(runId);
  for (const runId of facts.ended) queue.push({ task: 'outcome', runId });
  for (const window of facts.undecidedWindows) queue.push(decideWindow(window));
  for (const command of facts.unperformed ?? []) offerAgain(entity, command);
  if (facts.neverTrained) queue.push(decideApplied(facts.specRevision));
}

/** Null when they cannot be read: they are asked for again, and what somebody says meanwhile is done. */
async function factsOf({ model, awaited }: Entity): Promise<EntityFacts | null> {
  try {
    return await light('re-read outcomes').readEntityFacts({ model, awaited: [...awaited] });
  } catch (error) {
    if (!isFinalFailure(error)) throw error;
    log.error('the facts of the model cannot be read', { reason: rootOf(error) });
    return null;
  }
}
