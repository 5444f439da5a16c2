import { sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from './connect.ts';

/** Where entities may still stand under their bare hashes, as releases before the key stored them. */
export interface BareEntities {
  /** In rows of Postgres. */
  readonly mayBeInDatabase: boolean;
  /** In sealed files too. */
  readonly mayBeAnywhere: boolean;
}

interface KnownKey extends BareEntities {
  /** Null until a process with a key has been there. */
  readonly fingerprint: string | null;
}

/**
 * Takes the key of that fingerprint for the installation's, if it has none yet. To be called before entities are
 * stored: under another key nothing would be found, and nobody would hear of it. Throws `configuration` for another key
 * than the installation's.
 */
export async function holdEntityKey(db: Db, fingerprint: string): Promise<BareEntities> {
  const known = await bareEntities(db, fingerprint);
  if (known.fingerprint !== null) return known;
  await db.execute(sql`
    insert into entity_key (key_id, fingerprint) values (1, ${fingerprint})
    on conflict (key_id) do update set fingerprint = excluded.fingerprint where entity_key.fingerprint is null`);
  // Somebody else's may have been first.
  return bareEntities(db, fingerprint);
}

/** Only reads, before entities are looked for. Throws `configuration` for another key than the installation's. */
export async function bareEntities(db: Db, fingerprint: string): Promise<KnownKey> {
  const known = await readEntityKey(db);
  if (known.fingerprint === null || known.fingerprint === fingerprint) return known;
  throw new PerennialError(
    'configuration',
    `The entities of this database are hashed under installation key ${shortFingerprint(known.fingerprint)}, ` +
      `and this process has ${shortFingerprint(fingerprint)}.`,
    {
      path: 'PERENNIAL_INSTALLATION_KEY_FILE',
      hint:
        'Give it the key file of this installation; if that is lost for good, take the new one by ' +
        '`perennial key replace --reason "…"`.',
    },
  );
}

export async function readEntityKey(db: Db): Promise<KnownKey> {
  const { rows } = await db.execute<KnownKey & Record<string, unknown>>(sql`
    select fingerprint, bare_part is not null as "mayBeAnywhere", exists (
      select from log_part where part <= bare_part and dropped_at is null
    ) as "mayBeInDatabase" from entity_key`);
  return rows[0] ?? { fingerprint: null, mayBeInDatabase: false, mayBeAnywhere: false };
}

/** Takes another key for the installation's; answers the fingerprint of the one before, null where there was none. */
export async function replaceEntityKey(tx: Db, fingerprint: string): Promise<string | null> {
  const { rows } = await tx.execute<{ fingerprint: string | null }>(sql`select fingerprint from entity_key for update`);
  await tx.execute(sql`
    insert into entity_key (key_id, fingerprint) values (1, ${fingerprint})
    on conflict (key_id) do update set fingerprint = excluded.fingerprint`);
  return rows[0]?.fingerprint ?? null;
}

/** What stands for a key where people read it: enough to tell two apart. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}
