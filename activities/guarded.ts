import { ApplicationFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import { isDatabaseAway } from '../src/db/base/connect.ts';
import { diskFull, isDiskFull } from '../src/domain/words/disk-full.ts';
import { isPerennialError } from '../src/domain/words/errors.ts';
import { cut } from '../src/domain/words/cut.ts';
import { charsMax } from '../src/domain/words/limits.ts';
import { messageOf } from '../src/domain/words/reason-of.ts';

type Verb = (input: never) => Promise<unknown>;

/**
 * How an activity takes it that Postgres is away, which no run may end of. `retried`: it fails and is tried again
 * without end; after `patienceMs` only the absence itself is tried again, any other reason ends it. `stays`: its
 * attempts are counted, so it stays where it is until Postgres is back.
 */
export type Endurance =
  | { readonly absence: 'retried'; readonly patienceMs: number }
  | { readonly absence: 'stays' }
  /** It is tried again without end, whatever the reason. */
  | { readonly absence: 'endless' };

/** How long an activity waits before it asks again whether Postgres is back. */
const askAgainMs = 5_000;

/** Failures of the closed set keep their code as the failure type; those that no retry can help fail at once. */
export function guarded<F extends Verb>(verb: F, endurance: Endurance): F {
  const lasting = endurance.absence === 'stays' ? staying(verb) : endurance.absence === 'retried' ? timed(verb) : verb;
  const wrapped = async (input: never): Promise<unknown> => {
    try {
      return await lasting(input);
    } catch (error) {
      throw asFailure(error, endurance.absence === 'retried' && isAtItsEnd(error, endurance.patienceMs));
    }
  };
  return wrapped as F;
}

function staying(verb: Verb): Verb {
  return async (input) => {
    for (;;) {
      try {
        return await verb(input);
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        const context = Context.current();
        context.log.warn('Postgres is away; the work goes on when it is back');
        await context.sleep(askAgainMs);
      }
    }
  };
}

/** How long before its time-out an activity gives itself up: Temporal's time-out would not say what was slow. */
const beforeTimeoutMs = 2_000;

/** What hangs must be seen to fail, or it would be tried again for as long as an absence is. */
function timed(verb: Verb): Verb {
  return async (input) => {
    const limitMs = Context.current().info.startToCloseTimeoutMs - beforeTimeoutMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`it was not done within ${limitMs / 1_000} s`)), limitMs);
    });
    try {
      return await Promise.race([verb(input), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Tried for as long as anybody may want to wait for it to heal by itself: its run goes on without it. */
function isAtItsEnd(error: unknown, patienceMs: number): boolean {
  return !isDatabaseAway(error) && Date.now() - Context.current().info.scheduledTimestampMs > patienceMs;
}

function asFailure(thrown: unknown, isFinal: boolean): unknown {
  // Whatever was being written: one sentence, and a retry once there is room.
  const isFull = !isPerennialError(thrown) && isDiskFull(thrown);
  const error = isFull ? diskFull('a file of this step', 'work folder', thrown) : thrown;
  if (error instanceof CompleteAsyncError || error instanceof ApplicationFailure) return error;
  if (isPerennialError(error)) {
    const place = error.path === undefined ? '' : `${error.path}: `;
    return ApplicationFailure.create({
      message: cut(`${place}${error.message.replace(/[.\s]*$/, '.')} ${error.hint}`, charsMax.activityFailure),
      type: error.code,
      nonRetryable: isFinal || !error.retryable,
    });
  }
  if (error instanceof Error && error.name !== 'CancelledFailure' && error.name !== 'AbortError') {
    const said = messageOf(error);
    const cause = error.cause instanceof Error ? messageOf(error.cause) : said;
    return ApplicationFailure.create({
      message: cut(cause === said ? said : `${said}: ${cause}`, charsMax.activityFailure),
      type: error.name,
      nonRetryable: isFinal,
    });
  }
  return error;
}
