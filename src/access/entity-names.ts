import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { PerennialError } from '../domain/words/errors.ts';
import { entityHashPattern, type EntityNames } from '../domain/record/entity-names.ts';
import type { InstallationKey } from './installation-key.ts';

/**
 * A bare hash is just one block of AES: enciphered with the key it is as good as random to whoever has not got the key,
 * the same each time, and no longer than before. One block has no neighbours, so the mode is of no matter here. A MAC
 * would do the same and could not be undone: see docs/decisions/0038-entities-under-a-key.md.
 */
const algorithm = 'aes-256-ecb';

/** The names that an installation gives to entities, under its key. */
export function createEntityNames(key: InstallationKey): EntityNames {
  const cipherKey = key.derive('entity');
  // Without padding neither keeps anything from one block to the next, so one of each serves them all.
  const encipher = createCipheriv(algorithm, cipherKey, null).setAutoPadding(false);
  const decipher = createDecipheriv(algorithm, cipherKey, null).setAutoPadding(false);
  const keyed = (bare: string): string => encipher.update(blockOf(bare)).toString('hex');
  return {
    fingerprint: key.derive('entity/fingerprint').toString('hex', 0, 16),
    keyed,
    bare: (name) => decipher.update(blockOf(name)).toString('hex'),
    hashOf: (model, entity) => keyed(bareHashOf(model, entity)),
  };
}

/** No name of a model holds NUL, so no two pairs give the same text. */
function bareHashOf(model: string, entity: string): string {
  return hash('sha256', `${model}\u0000${entity}`, 'hex').slice(0, 32);
}

function blockOf(name: string): Buffer {
  if (entityHashPattern.test(name)) return Buffer.from(name, 'hex');
  throw new PerennialError('invalid_data', 'the hash of an entity is not 32 hex digits', { path: 'entityHash' });
}
