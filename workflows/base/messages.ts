import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  ApplyMessage,
  CommandMessage,
  CommandReceipt,
  RetrainMessage,
  RollbackMessage,
  WindowDue,
} from '../../src/domain/record/messages.ts';

/** Updates: recorded by the handler, which never waits for what comes of them. */
export const applyUpdate = defineUpdate<CommandReceipt, [ApplyMessage]>('apply');
export const retrainUpdate = defineUpdate<CommandReceipt, [RetrainMessage]>('retrain');
export const rollbackUpdate = defineUpdate<CommandReceipt, [RollbackMessage]>('rollback');
export const pauseUpdate = defineUpdate<CommandReceipt, [CommandMessage]>('pause');
export const resumeUpdate = defineUpdate<CommandReceipt, [CommandMessage]>('resume');
export const approveUpdate = defineUpdate<CommandReceipt, [CommandMessage]>('approve');
export const abortUpdate = defineUpdate<CommandReceipt, [CommandMessage]>('abort');

/** Signals are idempotent and may be lost: the model re-reads outcomes from Postgres. */
export const windowDueSignal = defineSignal<[WindowDue]>('windowDue');
export const runEndedSignal = defineSignal<[{ readonly runId: string }]>('runEnded');
/** The champion changed: a guard over the one before has nothing left to guard. */
export const championChangedSignal = defineSignal('championChanged');
/** A guard found a promoted version proven worse than its predecessor. */
export const guardAsksSignal =
  defineSignal<[{ readonly version: number; readonly predecessor: number; readonly reason: string }]>('guardAsks');
