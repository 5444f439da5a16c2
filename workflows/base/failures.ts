import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { cut } from '../../src/domain/words/cut.ts';
import type { ErrorCode } from '../../src/domain/words/errors.ts';
import { charsMax } from '../../src/domain/words/limits.ts';

/**
 * True for a step that was asked for and will not succeed. A cancellation is none, and neither is a fault of the code
 * of a workflow: that step is tried again when the code is mended.
 */
export function isFinalFailure(error: unknown): error is TemporalFailure {
  return error instanceof TemporalFailure && !isCancellation(error);
}

/** True for an activity that failed with a code of the closed set. */
export function isOfType(error: unknown, code: ErrorCode): boolean {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === code;
}

/** True for an activity whose worker was lost, or that took too long. */
export function isTimeout(error: unknown): boolean {
  return error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;
}

/** The reason behind a failure, as short as a history keeps it. */
export function rootOf(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  return cut(reason instanceof Error ? reason.message : String(reason), charsMax.historyReason);
}
