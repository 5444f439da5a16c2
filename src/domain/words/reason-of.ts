import { cut } from './cut.ts';
import { isPerennialError } from './errors.ts';
import { charsMax } from './limits.ts';

/** A short reason for a log line, whatever was thrown: with its code where it has one, without a stack. */
export function reasonOf(error: unknown): string {
  if (isPerennialError(error)) return `${error.code}: ${error.message}`;
  return cut(messageOf(error), charsMax.failure);
}

/**
 * What was thrown, as its own words but for data: a failed query names all of its parameters, and Postgres quotes the
 * value that it could not read.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message.startsWith('Failed query:'))
    return error.cause === undefined ? 'a query failed' : messageOf(error.cause);
  return 'severity' in error ? error.message.replace(/: ".*$/s, '') : error.message;
}

/** The same with where it came from, for logs; an error's own `stack` begins with its message as it is. */
export function stackOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`${error.name}: ${messageOf(error)}`, ...frames].join('\n');
}
