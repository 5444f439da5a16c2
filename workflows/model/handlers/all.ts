import type { Entity } from '../state.ts';
import { handleApply } from './apply.ts';
import { handleGuardAsks } from './guard-asks.ts';
import { handlePause } from './pause.ts';
import { handleResume } from './resume.ts';
import { handleRetrain } from './retrain.ts';
import { handleRollback } from './rollback.ts';
import { handleRunEnded } from './run-ended.ts';
import { handleWindowDue } from './window-due.ts';

/**
 * Everything that can be said to an entity. The order is part of the contract with running entities: what came before
 * the first task is handed over as the handlers are set, so another order would be another order of tasks.
 */
export function handleMessages(entity: Entity): void {
  handleApply(entity);
  handleRetrain(entity);
  handleRollback(entity);
  handlePause(entity);
  handleResume(entity);
  handleWindowDue(entity);
  handleRunEnded(entity);
  handleGuardAsks(entity);
}
