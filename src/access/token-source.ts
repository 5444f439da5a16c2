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
 * requests that ask at once. While Postgres is away, a token that was good stays good for `staleMs` (15 min); one that
 * was never seen is `unavailable`, not refused.
 */
export function createTokenSource(database: Database, options: TokenSourceOptions = {}): TokenSource {
  const freshMs = options.freshMs ?? 5_000;
  const staleMs = options.staleMs ?? 15 * 60_000;
  const entriesMax = options.entriesMax ?? 10_000;
  const nowMs = options.nowMs ?? Date.now;
  const entries = new Map<string, Entry>();
  const failures = createFailureLimit(
    options.failuresPerMinute === undefined ? {} : { failuresPerMinute: options.failuresPerMinute },
  );
  const asking = new Map<string, Promise<Entry>>();

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

  function ask(secretHash: string): Promise<Entry> {
    const running = asking.get(secretHash);
    if (running !== undefined) return running;
    const asked = read(secretHash).finally(() => asking.delete(secretHash));
    asking.set(secretHash, asked);
    return asked;
  }

  async function entryOf(secretHash: string): Promise<Entry> {
    const known = entries.get(secretHash);
    if (known !== undefined && nowMs() - known.readAtMs < freshMs) return known;
    try {
      return await ask(secretHash);
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
