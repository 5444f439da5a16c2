import type { ValueStatus } from './closed-sets.ts';

/**
 * How the latest row of an entity stands at a moment: `missing` without one, `stale` when its event is older than the
 * ttl, otherwise `fresh`. An age of exactly the ttl is fresh. Null and 0 as ttl never make a row stale.
 */
export function statusOf(
  row: { readonly eventMs: number } | null,
  moment: { readonly atMs: number; readonly ttlMs: number | null },
): ValueStatus {
  if (row === null) return 'missing';
  const { atMs, ttlMs } = moment;
  if (ttlMs === null || ttlMs === 0) return 'fresh';
  return atMs - row.eventMs > ttlMs ? 'stale' : 'fresh';
}
