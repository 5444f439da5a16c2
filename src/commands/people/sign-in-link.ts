import { randomBytes } from 'node:crypto';
import { authorise } from '../../access/principal.ts';
import { hashSecret } from '../../access/secret.ts';
import { insertSignInCode } from '../../db/people/sessions.ts';
import type { CommandContext } from '../base/context.ts';

export interface SignInLink {
  /** Path and query below the control URL; opens one session of the caller's token. */
  readonly path: string;
  readonly expiresAt: string;
}

/** Long enough for a browser to start. */
const lifetimeMs = 60_000;

/**
 * A link that signs a browser in once, within a minute: so that no token ever stands in a URL, a history or a process
 * list.
 */
export async function createSignInLink(context: CommandContext): Promise<SignInLink> {
  authorise(context.principal, 'read', null);
  const code = randomBytes(32).toString('base64url');
  await insertSignInCode(context.database.db, {
    codeHash: hashSecret(code),
    tokenId: context.principal.tokenId,
    lifetimeMs,
  });
  return { path: `/sign-in?code=${code}`, expiresAt: new Date(Date.now() + lifetimeMs).toISOString() };
}
