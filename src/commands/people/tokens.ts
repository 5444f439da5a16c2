import { createToken as create } from '../../access/create-token.ts';
import { authoriseEverywhere } from '../../access/principal.ts';
import type { Role } from '../../domain/record/closed-sets.ts';
import { isRole } from '../../access/roles.ts';
import { noLiveToken } from '../../access/rotate-token.ts';
import type { TokenCreated, TokenView } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { listTokenRows, lockEverywhere, revokeTokenRow, type TokenRow } from '../../db/people/tokens.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

export interface CreateTokenInput {
  readonly name: string;
  readonly role: Role;
  readonly scope: string;
  readonly expiresInDays: number | null;
}

const listedMax = 1_000;
const dayMs = 86_400_000;

/** Makes a token; its secret is in the answer and nowhere else, ever again. Only an admin for all models may. */
export async function createToken(context: CommandContext, input: CreateTokenInput): Promise<TokenCreated> {
  const { principal, database } = context;
  authoriseEverywhere(principal, 'tokens');
  const now = new Date();
  const expiresAt = input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * dayMs);
  const { tokenId, name, role, scope, secret } = await create(database.db, {
    name: input.name,
    role: input.role,
    scope: input.scope,
    expiresAt,
    by: principal,
  });
  return {
    tokenId,
    name,
    role,
    scope,
    secret,
    createdBy: principal.name,
    createdAt: now.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: null,
    lastUsedAt: null,
    rotatedInto: null,
  };
}

/** All tokens without their secrets, latest first, at most 1,000. */
export async function listTokens(context: CommandContext): Promise<readonly TokenView[]> {
  authoriseEverywhere(context.principal, 'tokens');
  const rows = await listTokenRows(context.database.db, listedMax);
  return rows.flatMap((row) => viewOf(row));
}

/**
 * From now on the token, and every browser that signed in with it, proves nothing. Throws `not_found` for one that is
 * not live, and `conflict` for the last admin for all models unless `force`: nobody could make a token any more.
 */
export async function revokeToken(
  context: CommandContext,
  input: { readonly tokenId: string; readonly force: boolean },
): Promise<void> {
  const { principal, database } = context;
  authoriseEverywhere(principal, 'tokens');
  await withTransaction(database, async (tx) => {
    const admins = await lockEverywhere(tx, 'admin');
    if (!input.force && admins.length === 1 && admins[0] === input.tokenId) {
      throw new PerennialError(
        'conflict',
        'This is the last live admin token for all models: without it nobody can make or revoke tokens.',
        {
          path: 'force',
          hint:
            'Make another admin token first, or say --force (?force=true); ' +
            'afterwards only a new `perennial token first` helps.',
        },
      );
    }
    const revoked = await revokeTokenRow(tx, input.tokenId);
    if (revoked === null) throw noLiveToken(input.tokenId);
    const { name, role, scope } = revoked;
    await appendAudit(tx, {
      type: 'perennial.token.revoked',
      model: null,
      subject: { of: 'token', id: input.tokenId },
      actor: principal.name,
      tokenId: principal.tokenId,
      reason: `${name} was revoked${input.force ? ' (forced)' : ''}`,
      data: { name, role, scope },
    });
  });
}

function viewOf(row: TokenRow): TokenView[] {
  if (!isRole(row.role)) return [];
  return [
    {
      tokenId: row.tokenId,
      name: row.name,
      role: row.role,
      scope: row.scope,
      createdBy: row.createdBy,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      rotatedInto: row.rotatedInto,
    },
  ];
}
