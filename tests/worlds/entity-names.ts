import { createHash } from 'node:crypto';
import type pg from 'pg';
import { createEntityNames } from '../../src/access/entity-names.ts';
import { parseInstallationKey } from '../../src/access/installation-key.ts';
import type { EntityNames } from '../../src/domain/record/entity-names.ts';

/** The key of the installations of the tests, as it stands in a file. */
export const testKey = keyTextOf('tests');

/** The names that an installation gives to entities whose key is made of this text. */
export function entitiesUnder(secret: string): EntityNames {
  const key = parseInstallationKey(keyTextOf(secret));
  if (key === null) throw new Error('no key');
  return createEntityNames(key);
}

function keyTextOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Those of the installations of the tests. */
export const testEntities = entitiesUnder('tests');

/** The bare hash of a card of the model `fraud`, as releases before the key stored it. */
export const bareHashOf = (card: string): string => testEntities.bare(testEntities.hashOf('fraud', card));
export const keyedHashOf = (card: string): string => testEntities.hashOf('fraud', card);

/** What the migration writes down in an installation that is older than the key: whatever stands now may be bare. */
export const markBare = (pool: Pick<pg.Pool, 'query'>): Promise<unknown> =>
  pool.query(
    `insert into entity_key (key_id, bare_part, bare_until) select 1, max(part), now() from model_stream
     on conflict (key_id) do update set bare_part = excluded.bare_part, bare_until = excluded.bare_until`,
  );
