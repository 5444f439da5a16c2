import { authoriseEverywhere } from '../../access/principal.ts';
import { rotateToken as rotate } from '../../access/rotate-token.ts';
import type { TokenRotated } from '../../contracts/http/audit.ts';
import type { CommandContext } from '../base/context.ts';

export interface RotateTokenInput {
  readonly tokenId: string;
  /** How long the old secret works beside the new one; at most seven days. */
  readonly graceMinutes: number;
}

/**
 * A new secret for the same name, role and scope, shown once. Browsers that signed in with the old one are out after
 * the grace.
 */
export async function rotateToken(context: CommandContext, input: RotateTokenInput): Promise<TokenRotated> {
  const { principal, database } = context;
  authoriseEverywhere(principal, 'tokens');
  const made = await rotate(database, { tokenId: input.tokenId, graceMs: input.graceMinutes * 60_000, by: principal });
  return {
    tokenId: made.tokenId,
    name: made.name,
    role: made.role,
    scope: made.scope,
    secret: made.secret,
    createdBy: principal.name,
    createdAt: new Date().toISOString(),
    expiresAt: made.expiresAt?.toISOString() ?? null,
    revokedAt: null,
    lastUsedAt: null,
    rotatedInto: null,
    replaces: input.tokenId,
    graceMinutes: input.graceMinutes,
  };
}
