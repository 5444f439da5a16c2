import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { token } from '../schema/index.ts';
import type { WebhookRow } from './webhooks.ts';

/** A live token of whoever made a webhook. */
export interface Maker {
  readonly role: string;
  readonly scope: string;
}

/** Tokens of one name are few. */
const tokensMax = 100;

/**
 * The live tokens that a webhook stands on: the one that made it (its successor, once it was rotated), or those of its
 * maker's name where it was made before that was written down. None when the right to it has ended.
 */
export async function makersOf(db: Db, row: Pick<WebhookRow, 'tokenId' | 'createdBy'>): Promise<readonly Maker[]> {
  return db
    .select({ role: token.role, scope: token.scope })
    .from(token)
    .where(
      and(
        row.tokenId === null ? eq(token.name, row.createdBy) : eq(token.tokenId, row.tokenId),
        isNull(token.revokedAt),
        or(isNull(token.expiresAt), gt(token.expiresAt, sql`now()`)),
      ),
    )
    .limit(tokensMax);
}
