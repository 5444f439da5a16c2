import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { bearerOf, hashSecret } from '../../access/secret.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import type { ServedModel } from '../versions/model-table.ts';
import type { Serving } from '../serving.ts';
import type { Env } from './respond.ts';
import { cut } from '../../domain/words/cut.ts';

/**
 * Throws `unauthenticated` or `forbidden` unless the bearer may predict with the model (null: with any). Returns the
 * hash.
 */
export async function authenticate(
  serving: Pick<Serving, 'tokens'>,
  context: Context<Env>,
  model: string | null,
): Promise<string> {
  const secret = bearerOf(context.req.header('authorization'));
  if (secret === null) throw new PerennialError('unauthenticated', 'The request has no bearer token.');
  const secretHash = hashSecret(secret);
  const access = await serving.tokens.authorise(secretHash, model, 'predict', addressOf(context));
  if (access === 'unauthenticated')
    throw new PerennialError('unauthenticated', 'The token is not known here, or was revoked, or has expired.');
  if (access === 'forbidden')
    throw new PerennialError(
      'forbidden',
      model === null ? 'The token may not predict.' : `The token may not predict with "${cut(model, 128)}".`,
    );
  return secretHash;
}

function addressOf(context: Context<Env>): string | null {
  try {
    return getConnInfo(context).remote.address ?? null;
  } catch {
    return null;
  }
}

/** Names looked at for the list in a refusal. */
const namesMax = 200;

/** The model, for whoever may use it. An unknown name lists only models that the same token may use. */
export async function authorisedModel(serving: Serving, context: Context<Env>, name: string): Promise<ServedModel> {
  const secretHash = await authenticate(serving, context, name);
  const model = serving.table.get(name);
  if (model !== undefined) return model;
  if (!serving.table.ready) throw new PerennialError('unavailable', 'This process has not read the routing yet.');
  if (serving.table.names.includes(name)) throw new PerennialError('unavailable', `${name} is being loaded.`);
  const names: string[] = [];
  for (const candidate of serving.table.names.slice(0, namesMax)) {
    // oxlint-disable-next-line no-await-in-loop -- answers come from a cache after the first
    if ((await serving.tokens.authorise(secretHash, candidate, 'predict')) === 'allowed') names.push(candidate);
  }
  const near = nearestName(name, names);
  const known =
    names.length === 0
      ? 'there are none yet'
      : `${near === null ? '' : `did you mean "${near}"? `}known models: ${listNames(names)}`;
  throw new PerennialError('model_not_found', `No model is named "${cut(name, 128)}"; ${known}.`, {
    path: 'model',
  });
}
