import { statusOf } from '../../domain/view/value-status.ts';
import { stateAt, type EntityState } from './entity-state.ts';
import type { OnlinePlan } from './plan-view.ts';

/**
 * Whether a view has the key of an entity at a moment: since its first row became known, and with a ttl while the
 * effective row is young enough. A store does not hold when a key was stale before its newest row, so before that it
 * counts as there; as it does at all times where an earlier release did not keep since when.
 */
export function hasKeyAt(plan: OnlinePlan, state: EntityState | null, atMs: number): boolean {
  if (state === null || (state.sinceMs !== null && atMs < state.sinceMs)) return false;
  if (state.row === null && state.waiting.length === 0) return false;
  const { row } = stateAt(plan, state, Math.max(atMs, state.knownMs ?? atMs));
  return statusOf(row, { atMs, ttlMs: plan.view.ttlMs }) === 'fresh';
}
