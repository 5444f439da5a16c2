import { PerennialError } from '../../domain/words/errors.ts';
import type { Database } from '../base/connect.ts';

/** Both halves base64url, as in a JSON Web Key. */
export interface BackupKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/**
 * The key of this installation, made when it is asked for the first time; null under a schema that has none yet. Throws
 * `configuration` for a login that does not own the tables.
 */
export async function backupKeyOf({ pool }: Pick<Database, 'pool'>, make: () => BackupKey): Promise<BackupKey | null> {
  const { rows: found } = await pool.query<{ isThere: boolean }>(
    `select to_regclass('backup_key') is not null as "isThere"`,
  );
  if (found[0]?.isThere !== true) return null;
  const { publicKey, privateKey } = make();
  try {
    // Of two that are made at once the first stays.
    await pool.query('insert into backup_key (public_key, private_key) values ($1, $2) on conflict do nothing', [
      publicKey,
      privateKey,
    ]);
    const { rows } = await pool.query<{ publicKey: string; privateKey: string }>(
      'select public_key as "publicKey", private_key as "privateKey" from backup_key',
    );
    return rows[0] ?? null;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === '42501')) throw cause;
    throw new PerennialError('configuration', 'This login may not sign a back-up: it does not own the tables.', {
      path: 'PERENNIAL_OWNER_DATABASE_URL',
      hint: 'Set it to the login of the owner (docs/operations.md, "Logins").',
    });
  }
}
