import { isCancellation, TemporalFailure } from '@temporalio/workflow';
import { cut } from '../../src/domain/words/cut.ts';
import { charsMax } from '../../src/domain/words/limits.ts';

/**
 * True for a step that was asked for and will not succeed. A cancellation is none, and neither is a fault of the code
 * of a workflow: that step is tried again when the code is mended.
 */
export function isFinalFailure(error: unknown): error is TemporalFailure {
  return error instanceof TemporalFailure && !isCancellation(error);
}

/** The reason behind a failure, as short as a history keeps it. */
export function rootOf(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  return cut(reason instanceof Error ? reason.message : String(reason), charsMax.historyReason);
}
