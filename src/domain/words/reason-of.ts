import { cut } from './cut.ts';
import { isPerennialError } from './errors.ts';
import { charsMax } from './limits.ts';

/** A short reason for a log line, whatever was thrown: with its code where it has one, without a stack. */
export function reasonOf(error: unknown): string {
  if (isPerennialError(error)) return `${error.code}: ${error.message}`;
  return cut(messageOf(error), charsMax.failure);
}

/** What was thrown, as its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
