import { randomUUID } from 'node:crypto';
import type { Db } from '../db/connect.ts';
import { insertToken } from '../db/tokens.ts';
import type { Role } from './roles.ts';
import { hashSecret, newSecret } from './secret.ts';

export interface TokenInput {
  readonly name: string;
  readonly role: Role;
  /** Glob over model names. */
  readonly scope: string;
  readonly expiresAt: Date | null;
}

export interface CreatedToken extends TokenInput {
  readonly tokenId: string;
  /** Shown once, to whoever asked for it; never logged, never stored. */
  readonly secret: string;
}

export async function createToken(db: Db, input: TokenInput): Promise<CreatedToken> {
  const created = { ...input, tokenId: randomUUID(), secret: newSecret() };
  await insertToken(db, {
    tokenId: created.tokenId,
    name: input.name,
    secretHash: hashSecret(created.secret),
    role: input.role,
    scope: input.scope,
    expiresAt: input.expiresAt,
  });
  return created;
}
