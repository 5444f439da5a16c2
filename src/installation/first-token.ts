import { randomUUID } from 'node:crypto';
import { hashSecret, newSecret } from '../access/secret.ts';
import { appendAudit } from '../db/audit/audit.ts';
import { createDatabase, withTransaction, type Database, type Db } from '../db/base/connect.ts';
import { insertToken, listTokenRows, lockFirstTokens, revokeTokensNamed } from '../db/people/tokens.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { findDatabaseUrl } from './database-url.ts';
import type { Call } from '../cli/line/verb.ts';

const tokenName = 'first-admin';
/** Whoever can reach the database directly acts as this; nobody has proven more. */
const actor = 'operator of the database';

export async function runFirstToken({ config, out, text, isSet }: Call): Promise<void> {
  const replace = isSet('replace');
  const reason = text('reason') ?? (replace ? null : 'first token of the installation');
  if (reason === null || reason.trim() === '')
    throw new PerennialError('invalid_request', '--replace needs --reason.', { path: '--reason' });
  const database = createDatabase(await findDatabaseUrl(config), {
    applicationName: 'perennial-first-token',
    connectionsMax: 1,
    onIdleError: () => undefined,
  });
  try {
    const made = await makeFirstToken(database, { shouldReplace: replace, reason });
    out.line(`Made ${made.tokenId}: ${tokenName}, admin of *. The secret is shown once, now:`);
    out.line(made.secret);
    out.json(made);
  } finally {
    await database.close();
  }
}

/**
 * There is no default credential: whoever can reach the database makes the first token, once. `replace` is for a lost
 * one, and revokes every earlier first token. Throws `conflict` when tokens were made already.
 */
export async function makeFirstToken(
  database: Pick<Database, 'pool'>,
  ask: { readonly shouldReplace: boolean; readonly reason: string },
): Promise<{ readonly tokenId: string; readonly secret: string }> {
  return withTransaction(database, async (tx) => {
    await lockFirstTokens(tx);
    const [known] = await listTokenRows(tx, 1);
    if (known !== undefined && !ask.shouldReplace) {
      throw new PerennialError(
        'conflict',
        `Tokens were made here already, the last one on ${known.createdAt.toISOString()}.`,
        {
          path: 'first-token',
          hint:
            'Use `perennial token create` with an admin token; if none is left, ' +
            '`perennial token first --replace --reason "…"`.',
        },
      );
    }
    if (ask.shouldReplace) {
      await revokeTokensNamed(tx, [tokenName]);
      await note(tx, 'perennial.token.revoked', tokenName, ask.reason);
    }
    const made = { tokenId: randomUUID(), secret: newSecret() };
    await insertToken(tx, {
      tokenId: made.tokenId,
      name: tokenName,
      secretHash: hashSecret(made.secret),
      role: 'admin',
      scope: '*',
      createdBy: actor,
      expiresAt: null,
    });
    await note(tx, 'perennial.token.created', made.tokenId, ask.reason);
    return made;
  });
}

function note(
  tx: Db,
  type: 'perennial.token.created' | 'perennial.token.revoked',
  id: string,
  reason: string,
): Promise<void> {
  return appendAudit(tx, {
    type,
    model: null,
    subject: { of: 'token', id },
    actor,
    reason,
    data: { name: tokenName, role: 'admin', scope: '*' },
  });
}
