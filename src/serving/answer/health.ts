import { PerennialError } from '../../domain/words/errors.ts';
import type { Serving } from '../serving.ts';

/**
 * Why this process should get no traffic; null when it should. It may still answer: with champions, from what it knows.
 */
export function notReadyReason(serving: Pick<Serving, 'table' | 'membership' | 'isDraining'>): string | null {
  if (serving.isDraining()) return 'The process is ending.';
  if (!serving.table.isReady) return 'The routing has not been read yet.';
  if (!serving.membership.isMember()) return 'The database has not renewed the membership lease.';
  return null;
}

/** Throws `unavailable` while this process should get no traffic. */
export function health(serving: Pick<Serving, 'table' | 'membership' | 'isDraining'>) {
  const reason = notReadyReason(serving);
  if (reason !== null) throw new PerennialError('unavailable', reason);
  const { names, get } = serving.table;
  // The others are answered as ever, so the process is ready all the same.
  const modelsAway = names.filter((name) => (get(name)?.champion?.whyAway?.() ?? null) !== null).length;
  return { status: 'ready', models: names.length, ...(modelsAway === 0 ? {} : { modelsAway }) };
}
