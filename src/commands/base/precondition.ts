import { controlStateOf } from '../../db/routing/control-state.ts';
import type { Db } from '../../db/base/connect.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/**
 * Throws `precondition_failed` unless one of the entity tags in `If-Match` is of the model as it stands. A tag of a
 * model is `"<state>.<body>"`: its first half, over what people decide about, is what must still be true; the second,
 * over the counters too, changes with every prediction and would make every decision fail. Weak tags match nothing (RFC
 * 9110).
 */
export async function refuseStale(db: Db, model: string, ifMatch: string | null | undefined): Promise<void> {
  if (ifMatch === null || ifMatch === undefined) return;
  const state = await controlStateOf(db, model);
  if (state !== null && (ifMatch.trim() === '*' || tagsOf(ifMatch).some((tag) => tag.split('.')[0] === state))) return;
  throw new PerennialError(
    'precondition_failed',
    `"${model}" is not what it was when its ETag was read: its definition, routing, rollout, ` +
      `pause or freeze has changed.`,
    { path: 'If-Match' },
  );
}

/** The opaque part of each strong tag of a list. */
export function tagsOf(header: string): readonly string[] {
  return [...header.matchAll(/(?:^|[\s,])"([\x21\x23-\x7e]*)"/g)].map((match) => match[1] ?? '');
}
