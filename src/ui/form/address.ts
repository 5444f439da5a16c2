import { PerennialError } from '../../domain/words/errors.ts';
import { charsMax } from '../../domain/words/limits.ts';
import type { PageCall } from '../frame/page-call.ts';

/** A part of the query. A box of a form that was left empty is no filter. */
export function queryText(call: PageCall, name: string): string | null {
  const value = call.query(name)?.trim() ?? '';
  return value === '' ? null : value.slice(0, charsMax.filter);
}

/** As `queryText`, for what the page cannot do without; `what` names it for people. */
export function requiredQuery(call: PageCall, name: string, what: string, list: string): string {
  const value = queryText(call, name);
  if (value !== null) return value;
  throw new PerennialError('invalid_request', `The address names no ${what}.`, {
    path: name,
    hint: `Choose from the list at ${list}.`,
  });
}

/** A number in the path; what is no number of ours names nothing that exists, and 0 is never handed out. */
export function pathNumber(call: PageCall, name: string): number {
  const part = call.path(name);
  return /^[1-9]\d{0,8}$/.test(part) ? Number(part) : 0;
}
