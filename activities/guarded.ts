import { ApplicationFailure, CompleteAsyncError } from '@temporalio/activity';
import { isPerennialError } from '../src/domain/words/errors.ts';

type Verb = (input: never) => Promise<unknown>;

/** Errors are cut before they enter a history: 4 KiB is what the server keeps of an activity failure. */
const messageCharactersMax = 1_500;

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
      message: `${place}${error.message.replace(/[.\s]*$/, '.')} ${error.hint}`.slice(0, messageCharactersMax),
      type: error.code,
      nonRetryable: !error.retryable,
    });
  }
  if (error instanceof Error && error.name !== 'CancelledFailure' && error.name !== 'AbortError') {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return ApplicationFailure.create({
      message: `${error.message}${cause}`.slice(0, messageCharactersMax),
      type: error.name,
      nonRetryable: false,
    });
  }
  return error;
}
