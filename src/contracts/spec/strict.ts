import { z } from 'zod';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import { cut } from '../../domain/words/cut.ts';

/**
 * An object that refuses members it does not know and says which ones it knows: a misspelt optional member would
 * otherwise be ignored in silence, and the default used instead.
 */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownMember(issue.keys, known) : undefined),
  });
}

/** Says this of a kind that is none; what else is wrong, such as a text in place of an object, keeps its own words. */
export function ofNoKind(said: string): (issue: { readonly code: string }) => string | undefined {
  return ({ code }) => (code === 'invalid_union' ? said : undefined);
}

function unknownMember(keys: readonly string[], known: readonly string[]): string {
  const first = keys[0] ?? '';
  const close = nearestName(first, known);
  const fix = close === null ? `known here: ${listNames(known)}` : `did you mean "${close}"?`;
  return `has no member "${cut(first, 60)}"; ${fix}`;
}
