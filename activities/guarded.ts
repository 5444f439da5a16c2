import { ApplicationFailure, CompleteAsyncError } from '@temporalio/activity';
import { isPerennialError } from '../src/domain/words/errors.ts';
import { cut } from '../src/domain/words/cut.ts';
import { charsMax } from '../src/domain/words/limits.ts';
import { messageOf } from '../src/domain/words/reason-of.ts';

type Verb = (input: never) => Promise<unknown>;

/** Failures of the closed set keep their code as the failure type; those that no retry can help fail at once. */
export function guarded<F extends Verb>(verb: F): F {
  const wrapped = async (input: never): Promise<unknown> => {
    try {
      return await verb(input);
    } catch (error) {
      throw asFailure(error);
    }
  };
  return wrapped as F;
}

function asFailure(error: unknown): unknown {
  if (error instanceof CompleteAsyncError || error instanceof ApplicationFailure) return error;
  if (isPerennialError(error)) {
    const place = error.path === undefined ? '' : `${error.path}: `;
    return ApplicationFailure.create({
      message: cut(`${place}${error.message.replace(/[.\s]*$/, '.')} ${error.hint}`, charsMax.activityFailure),
      type: error.code,
      nonRetryable: !error.retryable,
    });
  }
  if (error instanceof Error && error.name !== 'CancelledFailure' && error.name !== 'AbortError') {
    const said = messageOf(error);
    const cause = error.cause instanceof Error ? messageOf(error.cause) : said;
    return ApplicationFailure.create({
      message: cut(cause === said ? said : `${said}: ${cause}`, charsMax.activityFailure),
      type: error.name,
      nonRetryable: false,
    });
  }
  return error;
}
