import { randomUUID } from 'node:crypto';
import { appendAudit } from '../db/audit/audit.ts';
import { withTransaction, type Database } from '../db/base/connect.ts';
import { insertToken, lockToken, retireToken } from '../db/people/tokens.ts';
import { PerennialError } from '../domain/words/errors.ts';
import type { CreatedToken, TokenMaker } from './create-token.ts';
import { isRole } from './roles.ts';
import { hashSecret, newSecret } from './secret.ts';

/**
 * Replaces a live token by a new one with the same name, role, scope and end; the old one lives on for `graceMs`, so
 * that its users can be given the new one without an outage. Throws `not_found` for a token that is not live.
 */
export async function rotateToken(
  database: Database,
  input: { readonly tokenId: string; readonly graceMs: number; readonly by: TokenMaker },
): Promise<CreatedToken> {
  return withTransaction(database, async (tx) => {
    const old = await lockToken(tx, input.tokenId);
    if (old === null || !isRole(old.role)) throw noLiveToken(input.tokenId);
    if (old.rotatedInto !== null) {
      throw new PerennialError('conflict', `The token ${input.tokenId} was rotated before, into ${old.rotatedInto}.`, {
        hint: 'Rotate that one.',
      });
    }
    const { name, role, scope, expiresAt } = { ...old, role: old.role };
    const created: CreatedToken = { name, role, scope, expiresAt, tokenId: randomUUID(), secret: newSecret() };
    await insertToken(tx, {
      tokenId: created.tokenId,
      name,
      secretHash: hashSecret(created.secret),
      role,
      scope,
      expiresAt,
      createdBy: input.by.name,
    });
    await retireToken(tx, old.tokenId, created.tokenId, input.graceMs);
    await appendAudit(tx, {
      type: 'perennial.token.rotated',
      model: null,
      subject: { of: 'token', id: old.tokenId },
      actor: input.by.name,
      tokenId: input.by.tokenId,
      reason: `${name}: replaced by ${created.tokenId}`,
      data: { name, role, scope, into: created.tokenId, graceMinutes: Math.round(input.graceMs / 60_000) },
    });
    return created;
  });
}

export function noLiveToken(tokenId: string): PerennialError {
  return new PerennialError('not_found', `There is no live token with the id ${tokenId}.`, {
    hint: 'Use an id listed by `perennial token list`.',
  });
}
