import { openSession } from '../../access/browser-session.ts';
import type { Principal } from '../../access/principal.ts';
import { hasPermission, rolesWith } from '../../access/roles.ts';
import { hashSecret } from '../../access/secret.ts';
import { verifyToken } from '../../access/verify-token.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Database, type Db } from '../../db/base/connect.ts';
import { takeSignInCode } from '../../db/people/sessions.ts';
import { findTokenById } from '../../db/people/tokens.ts';
import { isRole } from '../../access/roles.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/** Opens a browser session for the holder of this token and gives the secret of its cookie. */
export async function signIn(database: Database, input: { readonly token: string }): Promise<string> {
  const principal = await verifyToken(database.db, input.token);
  return withTransaction(database, (tx) => openFor(tx, principal, 'signed in with a token'));
}

/** As `signIn`, with a one-use code of `createSignInLink`. */
export async function signInByCode(database: Database, input: { readonly code: string }): Promise<string> {
  return withTransaction(database, async (tx) => {
    const tokenId = await takeSignInCode(tx, hashSecret(input.code));
    const row = tokenId === null ? null : await findTokenById(tx, tokenId);
    if (row === null || !isRole(row.role)) {
      throw new PerennialError('unauthenticated', 'This sign-in link was used, is too old, or its token is over.', {
        hint: 'Make a new one with `perennial open`, or sign in with a token.',
      });
    }
    return openFor(
      tx,
      { tokenId: row.tokenId, name: row.name, role: row.role, scope: row.scope },
      'signed in with a one-use link',
    );
  });
}

async function openFor(tx: Db, principal: Principal, reason: string): Promise<string> {
  if (!hasPermission(principal.role, 'read')) {
    throw new PerennialError(
      'forbidden',
      `The token "${principal.name}" has the role ${principal.role}; the pages need ${rolesWith('read').join(', ')}.`,
      {
        hint: 'Sign in with a token that may read: `perennial token create --role viewer`.',
      },
    );
  }
  const secret = await openSession(tx, principal.tokenId);
  await appendAudit(tx, {
    type: 'perennial.session.opened',
    model: null,
    subject: { of: 'token', id: principal.tokenId },
    actor: principal.name,
    tokenId: principal.tokenId,
    reason,
  });
  return secret;
}
