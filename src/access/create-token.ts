import { randomUUID } from 'node:crypto';
import { appendAudit } from '../db/audit/audit.ts';
import { atomically, type Db } from '../db/base/connect.ts';
import { insertToken } from '../db/people/tokens.ts';
import type { Role } from '../domain/record/closed-sets.ts';
import { hashSecret, newSecret } from './secret.ts';

/** Who makes a token: the holder of another one, or the platform itself. */
export interface TokenMaker {
  readonly name: string;
  readonly tokenId: string | null;
}

export interface TokenInput {
  readonly name: string;
  readonly role: Role;
  /** Glob over model names. */
  readonly scope: string;
  readonly expiresAt: Date | null;
  readonly by?: TokenMaker;
}

export interface CreatedToken {
  readonly name: string;
  readonly role: Role;
  readonly scope: string;
  readonly expiresAt: Date | null;
  readonly tokenId: string;
  /** Shown once, to whoever asked for it; never logged, never stored. */
  readonly secret: string;
}

/** Makes a token and its row in the audit. */
export async function createToken(db: Db, input: TokenInput): Promise<CreatedToken> {
  const { name, role, scope, expiresAt } = input;
  const created = { name, role, scope, expiresAt, tokenId: randomUUID(), secret: newSecret() };
  await atomically(db, (tx) => storeToken(tx, created, input.by ?? { name: 'perennial', tokenId: null }));
  return created;
}

/** Inserts a token whose secret is known already, with its row in the audit. */
export async function storeToken(tx: Db, token: CreatedToken, by: TokenMaker): Promise<void> {
  const { tokenId, name, role, scope, expiresAt } = token;
  await insertToken(tx, {
    tokenId,
    name,
    secretHash: hashSecret(token.secret),
    role,
    scope,
    expiresAt,
    createdBy: by.name,
  });
  await appendAudit(tx, {
    type: 'perennial.token.created',
    model: null,
    subject: { of: 'token', id: tokenId },
    actor: by.name,
    tokenId: by.tokenId,
    reason: `${name}: ${role} for ${scope}`,
    data: { name, role, scope, expiresAt: expiresAt?.toISOString() ?? null },
  });
}
