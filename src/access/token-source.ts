import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/base/connect.ts';
import { findTokenByHash, touchToken } from '../db/people/tokens.ts';
import { isPerennialError, PerennialError } from '../domain/words/errors.ts';
import type { Access, TokenSource } from '../serving/ports.ts';
import { createFailureLimit } from './failure-limit.ts';
import type { Role } from '../domain/record/closed-sets.ts';
import { isRole, hasPermission } from './roles.ts';
import { isInScope } from './scope.ts';

export interface TokenSourceOptions {
  /** How long an answer is used without asking again: a revoked token works at most this much longer. */
  readonly freshMs?: number;
  /** How long it is used while the database is away: predictions go on without it. */
  readonly staleMs?: number;
  /** How long a request with a known token waits for the database before it goes on with what is known. */
  readonly patienceMs?: number;
  /** Tokens remembered; beyond it the oldest are forgotten. */
  readonly entriesMax?: number;
  readonly nowMs?: () => number;
  /** Tokens that are none, per client address. */
  readonly failuresPerMinute?: number;
}

interface Entry {
  readonly holder: { readonly role: Role; readonly scope: string; readonly expiresAtMs: number } | null;
  readonly readAtMs: number;
}

/**
 * Says whether a secret may predict, at the speed of predictions: one query per token every `freshMs` (5 s), shared by
 * requests that ask at once. While Postgres is away or silent, a token that was good stays good for `staleMs` (15 min);
 * one that was never seen is `unavailable`, not refused.
 */
export function createTokenSource(database: Database, options: TokenSourceOptions = {}): TokenSource {
  const freshMs = options.freshMs ?? 5_000;
  const staleMs = options.staleMs ?? 15 * 60_000;
  const patienceMs = options.patienceMs ?? 1_000;
  const entriesMax = options.entriesMax ?? 10_000;
  const nowMs = options.nowMs ?? Date.now;
  const entries = new Map<string, Entry>();
  const failures = createFailureLimit(
    options.failuresPerMinute === undefined ? {} : { failuresPerMinute: options.failuresPerMinute },
  );
  const asking = new Map<string, { readonly entry: Promise<Entry>; readonly sinceMs: number }>();

  async function read(secretHash: string): Promise<Entry> {
    const row = await findTokenByHash(database.db, secretHash);
    // Not waited for: a prediction does not wait for a note that its token was used, nor fail with it.
    if (row !== null) touchToken(database.db, row).catch(() => undefined);
    const holder =
      row === null || !isRole(row.role)
        ? null
        : { role: row.role, scope: row.scope, expiresAtMs: row.expiresAt?.getTime() ?? Infinity };
    const entry = { holder, readAtMs: nowMs() };
    // Re-inserted, so that the order of the map is the order of reading and the first is the oldest.
    entries.delete(secretHash);
    entries.set(secretHash, entry);
    const oldest = entries.keys().next().value;
    if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest);
    return entry;
  }

  function ask(secretHash: string): { readonly entry: Promise<Entry>; readonly sinceMs: number } {
    const running = asking.get(secretHash);
    if (running !== undefined) return running;
    const asked = { entry: read(secretHash).finally(() => asking.delete(secretHash)), sinceMs: nowMs() };
    asking.set(secretHash, asked);
    return asked;
  }

  async function entryOf(secretHash: string): Promise<Entry> {
    const known = entries.get(secretHash);
    if (known !== undefined && nowMs() - known.readAtMs < freshMs) return known;
    const { entry, sinceMs } = ask(secretHash);
    try {
      if (known === undefined || nowMs() - known.readAtMs >= staleMs) return await entry;
      // A database that hangs says nothing for half a minute: only the first requests wait for it, and not for long.
      return (await within(entry, sinceMs + patienceMs - nowMs())) ?? known;
    } catch (cause) {
      if (known !== undefined && nowMs() - known.readAtMs < staleMs) return known;
      throw new PerennialError('unavailable', 'The token cannot be checked: the database does not answer.', { cause });
    }
  }

  /** Null for a token that is none, which has been counted before a query was spent on it. */
  async function holderOf(secretHash: string, address: string | null): Promise<Entry['holder']> {
    const known = entries.get(secretHash)?.holder;
    // A token that was good here lately: predictions do not wait for a count.
    const fresh = known == null ? null : (await entryOf(secretHash)).holder;
    if (fresh !== null && fresh.expiresAtMs > nowMs()) return fresh;
    try {
      return await failures.attempt(address, secretHash, async () => {
        const { holder } = await entryOf(secretHash);
        if (holder === null || holder.expiresAtMs <= nowMs())
          throw new PerennialError('unauthenticated', 'The token is not known here.');
        return holder;
      });
    } catch (error) {
      if (isPerennialError(error) && error.code === 'unauthenticated') return null;
      throw error;
    }
  }

  return {
    async authorise(secretHash, model, permission, address = null): Promise<Access> {
      const holder = await holderOf(secretHash, address);
      if (holder === null) return 'unauthenticated';
      if (!hasPermission(holder.role, permission)) return 'forbidden';
      return model === null || isInScope(holder.scope, model) ? 'allowed' : 'forbidden';
    },
  };
}

/** Null when the promise is not settled in time; it is then left to settle by itself. */
async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | null> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, delay(Math.max(0, limitMs), null, { signal: timer.signal })]);
  } finally {
    timer.abort();
    promise.catch(() => undefined);
  }
}
