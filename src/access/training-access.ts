import { randomBytes } from 'node:crypto';
import type { Database } from '../db/base/connect.ts';
import { findAccess, insertAccess } from '../db/trainers/accesses.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { hashSecret, isSecretShaped } from './secret.ts';
import { verifyToken } from './verify-token.ts';

/** Long enough for a large file on a slow line; who needs more asks again while the training lives. */
export const accessLifetimeMs = 3_600_000;

const secretPattern = /^prt_[A-Za-z0-9_-]{43}$/;

/** What reaches the files of one training: shown once, and kept as its hash alone. */
export interface TrainingAccess {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Makes an access to the files of this training, which ends with the token that asked for it, and in an hour. */
export async function openTrainingAccess(
  database: Pick<Database, 'pool'>,
  { runId, tokenId }: { readonly runId: string; readonly tokenId: string },
): Promise<TrainingAccess> {
  const token = `prt_${randomBytes(32).toString('base64url')}`;
  const row = { secretHash: hashSecret(token), runId, tokenId, lifetimeMs: accessLifetimeMs };
  return { token, expiresAt: await insertAccess(database, row) };
}

/**
 * Throws `unauthenticated` for a secret that is none or has run out, and `forbidden` for one that is not for this
 * training, or whose training has ended. A token of a person or worker is refused as well, once it is known to be one.
 */
export async function verifyTrainingAccess(
  database: Pick<Database, 'db'>,
  secret: string | null,
  runId: string,
): Promise<void> {
  if (secret !== null && isSecretShaped(secret)) {
    const { name } = await verifyToken(database.db, secret);
    throw new PerennialError('forbidden', `The token "${name}" is no access to the files of a training.`, {
      hint: 'Ask for one with POST /v1/trainings/{id}/access, and send what that answers.',
    });
  }
  if (secret === null || !secretPattern.test(secret))
    throw new PerennialError('unauthenticated', 'The request has no access to a training: they begin with "prt_".');
  const holder = await findAccess(database.db, hashSecret(secret));
  if (holder === null || !holder.isLive)
    throw new PerennialError('unauthenticated', 'The access to the training is not known here, or has run out.', {
      hint: 'Ask for a new one with POST /v1/trainings/{id}/access.',
    });
  if (holder.runId !== runId) throw new PerennialError('forbidden', 'The access is for the files of another training.');
  if (!holder.isRunning)
    throw new PerennialError('forbidden', 'The training has ended, and with it the access to its files.');
}
