import { randomUUID } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { appendAudit } from '../db/audit/audit.ts';
import { withTransaction, type Database, type Db } from '../db/base/connect.ts';
import { findTokenByHash, listTokenRows, lockFirstTokens, revokeTokensNamed } from '../db/people/tokens.ts';
import { storeToken } from './create-token.ts';
import type { Role } from '../domain/record/closed-sets.ts';
import { hashSecret, newSecret } from './secret.ts';
import { readTokensFile } from './tokens-file.ts';

export { readTokensFile } from './tokens-file.ts';

const names = { admin: 'first-admin', predictor: 'first-predictor' } as const;

export interface FirstTokens {
  /** `<stateDir>/tokens.json`, mode 0600: `{"admin": "prn_…", "predictor": "prn_…"}`. */
  readonly file: string;
  readonly isNew: boolean;
}

/**
 * Makes sure that a fresh installation can be used: an admin and a predictor token in a file that only its owner can
 * read. Does nothing when the file's tokens are live. With `shouldRecover` (the default: one machine, one state folder)
 * a lost or stale file is replaced and its old tokens are revoked; without it (several control processes) tokens that
 * exist are never touched. The secrets are never logged.
 */
export async function ensureFirstTokens(
  database: Database,
  stateDir: string,
  options: { readonly shouldRecover?: boolean } = {},
): Promise<FirstTokens> {
  const file = path.join(stateDir, 'tokens.json');
  return withTransaction(database, async (tx) => {
    await lockFirstTokens(tx);
    if (await isFileLive(tx, file)) return { file, isNew: false };
    const known = await listTokenRows(tx, 1);
    if (known.length > 0 && options.shouldRecover === false) return { file, isNew: false };
    for (const { tokenId, name } of await revokeTokensNamed(tx, Object.values(names))) {
      await appendAudit(tx, {
        type: 'perennial.token.revoked',
        model: null,
        subject: { of: 'token', id: tokenId },
        actor: 'perennial',
        reason: `${name}: its file was lost, a new one is made`,
        data: { name },
      });
    }
    const secrets = { admin: newSecret(), predictor: newSecret() };
    await insertFirst(tx, 'admin', secrets.admin);
    await insertFirst(tx, 'predictor', secrets.predictor);
    // Before the commit: a crash in between leaves a stale file, which the next start replaces. After it, it would
    // leave live tokens that nobody knows.
    await writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`);
    return { file, isNew: true };
  });
}

async function isFileLive(tx: Db, file: string): Promise<boolean> {
  const secrets = await readTokensFile(file);
  if (secrets === null) return false;
  const admin = await findTokenByHash(tx, hashSecret(secrets.admin));
  const predictor = await findTokenByHash(tx, hashSecret(secrets.predictor));
  return admin?.role === 'admin' && predictor?.role === 'predictor';
}

async function insertFirst(tx: Db, role: Role & keyof typeof names, secret: string): Promise<void> {
  await storeToken(
    tx,
    { tokenId: randomUUID(), name: names[role], secret, role, scope: '*', expiresAt: null },
    { name: 'perennial', tokenId: null },
  );
}

/** Written beside and renamed, so that the file is whole at every moment and never readable by others. */
async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${randomUUID()}`;
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}
