import type { Db } from '../db/base/connect.ts';
import { findTokenByHash, touchToken } from '../db/people/tokens.ts';
import { PerennialError } from '../domain/words/errors.ts';
import type { Principal } from './principal.ts';
import { isRole } from './roles.ts';
import { bearerOf, hashSecret, isSecretShaped, isSameHash } from './secret.ts';

/** Who holds this secret. Throws `unauthenticated` when it is unknown, revoked or expired, without saying which. */
export async function verifyToken(db: Db, secret: string): Promise<Principal> {
  if (!isSecretShaped(secret))
    throw new PerennialError('unauthenticated', 'This is not a Perennial token: they begin with "prn_".');
  const secretHash = hashSecret(secret);
  const row = await findTokenByHash(db, secretHash);
  if (row === null || !isSameHash(row.secretHash, secretHash) || !isRole(row.role)) {
    throw new PerennialError('unauthenticated', 'The token is not known here, or was revoked, or has expired.');
  }
  await touchToken(db, row);
  return { tokenId: row.tokenId, name: row.name, role: row.role, scope: row.scope };
}

/** As `verifyToken`, from the value of an Authorization header. */
export async function verifyBearer(db: Db, header: string | undefined): Promise<Principal> {
  const secret = bearerOf(header);
  if (secret === null) throw new PerennialError('unauthenticated', 'The request has no bearer token.');
  return verifyToken(db, secret);
}
