import { isDatabaseAway, isDatabaseRefusing } from './db/base/connect.ts';
import { isPerennialError, PerennialError } from './domain/words/errors.ts';
import { cut } from './domain/words/cut.ts';
import { messageOf, stackOf } from './domain/words/reason-of.ts';

/** Ends the process with code 1 and one sentence with its hint; only what nobody expected shows its stack. */
export function endWithSentence(error: unknown): never {
  const text = isPerennialError(error)
    ? `${error.message}\n${error.hint}`
    : error instanceof Error
      ? stackOf(error)
      : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** For what an entry file needs before it can have a `main`. */
export function orEnd<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    endWithSentence(error);
  }
}

/** The engine that is away or refuses, and the setting that names it; any other error as it is. */
export function nameWhatIsAway(error: unknown, databaseUrl: string | undefined): unknown {
  if (isPerennialError(error)) return error;
  // By name, not by class: inference must not load Temporal's client for this.
  if (error instanceof Error && temporalErrors.has(error.name)) {
    return new PerennialError('unavailable', `Temporal does not answer as it should (${reasonOf(error)}).`, {
      path: 'TEMPORAL_ADDRESS',
      hint: 'Start it, or correct TEMPORAL_ADDRESS or TEMPORAL_NAMESPACE, and start again.',
      cause: error,
    });
  }
  if (isDatabaseAway(error)) return postgres('unavailable', 'does not answer', error, databaseUrl);
  if (isDatabaseRefusing(error)) return postgres('configuration', 'refuses the connection', error, databaseUrl);
  return error;
}

const temporalErrors: ReadonlySet<string> = new Set(['ServiceError', 'TransportError', 'NamespaceNotFoundError']);

function postgres(
  code: 'unavailable' | 'configuration',
  what: string,
  error: unknown,
  databaseUrl: string | undefined,
): PerennialError {
  return new PerennialError(code, `Postgres at ${addressOf(databaseUrl)} ${what} (${reasonOf(error)}).`, {
    path: 'DATABASE_URL',
    hint: 'Start it, or correct DATABASE_URL, and start again.',
    cause: error,
  });
}

/** Host, port and database alone: the rest of the URL is a secret. */
function addressOf(databaseUrl: string | undefined): string {
  try {
    const { hostname, port, pathname } = new URL(databaseUrl ?? '');
    return `${hostname === '' ? 'its socket' : hostname}:${port === '' ? '5432' : port}${pathname}`;
  } catch {
    return 'the address in DATABASE_URL';
  }
}

/** The innermost cause says it best; a host with two addresses fails with two errors and no message. */
function reasonOf(error: unknown): string {
  const said = causesOf(error).flatMap((cause) => (cause.message === '' ? [] : [messageOf(cause)]));
  return cut((said.at(-1) ?? 'no reason given').replaceAll(/\s+/g, ' '), 300);
}

const causesMax = 5;

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (
    let at: unknown = error;
    at instanceof Error && causes.length < causesMax;
    at = at instanceof AggregateError ? at.errors[0] : at.cause
  )
    causes.push(at);
  return causes;
}
