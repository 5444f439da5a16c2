import { createHmac, randomBytes } from 'node:crypto';
import type { Db } from '../db/base/connect.ts';
import { findSession, insertSession } from '../db/people/sessions.ts';
import { touchToken } from '../db/people/tokens.ts';
import { PerennialError } from '../domain/words/errors.ts';
import type { Principal } from './principal.ts';
import { isRole } from './roles.ts';
import { hashSecret, isSameHash } from './secret.ts';

/** A working day and its lunch: after it a person signs in again. */
export const sessionLifetimeMs = 12 * 3_600_000;

const secretPattern = /^prs_[A-Za-z0-9_-]{43}$/;

/** Makes a session of this token and gives the cookie's secret; only its hash is kept. */
export async function openSession(tx: Db, tokenId: string): Promise<string> {
  const secret = `prs_${randomBytes(32).toString('base64url')}`;
  await insertSession(tx, {
    secretHash: hashSecret(secret),
    tokenId,
    csrfHash: hashSecret(csrfOf(secret)),
    lifetimeMs: sessionLifetimeMs,
  });
  return secret;
}

/** False for anything that cannot be a session's secret: such text is not worth a query. */
export function isSessionShaped(text: string): boolean {
  return secretPattern.test(text);
}

/**
 * Who is signed in with this cookie; null when the session is over, or its token is. Throws `unauthenticated` for one
 * that never was: only such a cookie is a guess.
 */
export async function verifySession(db: Db, secret: string): Promise<Principal | null> {
  const holder = await findSession(db, hashSecret(secret));
  if (holder === null || !isSameHash(holder.csrfHash, hashSecret(csrfOf(secret))))
    throw new PerennialError('unauthenticated', 'The session is not known here.');
  if (!holder.isLive || !isRole(holder.role)) return null;
  await touchToken(db, holder);
  return { tokenId: holder.tokenId, name: holder.name, role: holder.role, scope: holder.scope };
}

/** The secret that each form of the session carries: derived, so that no page needs a second cookie. */
export function csrfOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('form').digest('base64url');
}

/** Seals a short text that goes through the browser and comes back with the next request of the same session. */
export function sealOf(sessionSecret: string, text: string): string {
  return createHmac('sha256', sessionSecret).update(`notice\n${text}`).digest('base64url');
}

/** Compares two texts in constant time (by their digests). */
export function isSameText(left: string, right: string): boolean {
  return isSameHash(hashSecret(left), hashSecret(right));
}
