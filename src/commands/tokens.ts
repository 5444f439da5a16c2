import { createToken as create } from '../access/create-token.ts';
import { authoriseEverywhere } from '../access/principal.ts';
import { isRole, type Role } from '../access/roles.ts';
import type { TokenCreated, TokenView } from '../contracts/answers.ts';
import { listTokenRows, revokeTokenRow, type TokenRow } from '../db/tokens.ts';
import { PerennialError } from '../domain/errors.ts';
import type { CommandContext } from './context.ts';

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
  authoriseEverywhere(context.principal, 'tokens');
  const now = new Date();
  const expiresAt = input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * dayMs);
  const { tokenId, name, role, scope, secret } = await create(context.database.db, { name: input.name, role: input.role, scope: input.scope, expiresAt });
  return { tokenId, name, role, scope, secret, createdAt: now.toISOString(), expiresAt: expiresAt?.toISOString() ?? null, revokedAt: null };
}

/** All tokens without their secrets, latest first, at most 1,000. */
export async function listTokens(context: CommandContext): Promise<readonly TokenView[]> {
  authoriseEverywhere(context.principal, 'tokens');
  const rows = await listTokenRows(context.database.db, listedMax);
  return rows.flatMap((row) => viewOf(row));
}

/** From now on the token proves nothing. Throws `not_found` for one that is not live. */
export async function revokeToken(context: CommandContext, input: { readonly tokenId: string }): Promise<void> {
  authoriseEverywhere(context.principal, 'tokens');
  if (await revokeTokenRow(context.database.db, input.tokenId)) return;
  throw new PerennialError('not_found', `There is no live token with the id ${input.tokenId}.`, { hint: 'Use an id listed by `perennial token list`.' });
}

function viewOf(row: TokenRow): TokenView[] {
  if (!isRole(row.role)) return [];
  return [
    {
      tokenId: row.tokenId,
      name: row.name,
      role: row.role,
      scope: row.scope,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
    },
  ];
}
