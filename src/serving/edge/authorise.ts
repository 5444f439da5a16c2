import { bearerOf, hashSecret } from '../../access/secret.ts';
import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { TokenSource } from '../ports.ts';
import type { Call } from './call.ts';

/** What the bearer wants: `model` null stands for any, `*` for all of them. */
export interface Wanted {
  readonly permission: 'predict' | 'read' | 'rows:write';
  readonly model: string | null;
}

/** Throws `unauthenticated` or `forbidden` unless the bearer may do what it wants. Returns the hash of its token. */
export async function authorise(
  tokens: TokenSource,
  { authorization, address }: Pick<Call, 'authorization' | 'address'>,
  { permission, model }: Wanted,
): Promise<string> {
  const secret = bearerOf(authorization);
  if (secret === null) throw new PerennialError('unauthenticated', 'The request has no bearer token.');
  const secretHash = hashSecret(secret);
  const access = await tokens.authorise(secretHash, model, permission, address);
  if (access === 'unauthenticated')
    throw new PerennialError('unauthenticated', 'The token is not known here, or was revoked, or has expired.');
  if (access === 'forbidden') throw new PerennialError('forbidden', sayForbidden(permission, model));
  return secretHash;
}

function sayForbidden(permission: Wanted['permission'], model: string | null): string {
  if (permission === 'read') return 'Metrics name every model: the token may not read them all.';
  if (permission === 'rows:write') return `The token may not push rows of "${cut(model ?? '*', 128)}".`;
  return model === null ? 'The token may not predict.' : `The token may not predict with "${cut(model, 128)}".`;
}
