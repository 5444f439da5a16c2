import { problemOf, type Problem } from '../../contracts/http/problem.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import type { Call } from '../edge/call.ts';
import type { Serving } from '../serving.ts';

/** What a caller is told instead of an answer. */
export interface Refusal {
  readonly problem: Problem;
  /** When the same request may succeed; null where it will not. */
  readonly retryAfterSeconds: number | null;
}

const retryAfterSecondsDefault = 1;
const statusesToRetry: readonly number[] = [429, 503];

/** Any failure as a refusal, counted; what is not one of ours is logged and says nothing about its inside. */
export function refuse(
  serving: Pick<Serving, 'metrics' | 'log'>,
  call: Pick<Call, 'requestId' | 'span'>,
  path: string,
  error: unknown,
): Refusal {
  const known = isPerennialError(error) ? error : null;
  const code = known?.code ?? 'internal';
  serving.metrics?.refused(code);
  if (code === 'internal') {
    call.span?.fail(code, messageOf(error));
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    serving.log.error({ requestId: call.requestId, path, reason }, 'a request failed');
  }
  const problem = problemOf(error, call.requestId);
  const mayRetry = statusesToRetry.includes(problem.status);
  return { problem, retryAfterSeconds: mayRetry ? (known?.retryAfterSeconds ?? retryAfterSecondsDefault) : null };
}
