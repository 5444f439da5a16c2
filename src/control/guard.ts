import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { authorise } from '../access/principal.ts';
import { ruleOf } from '../access/permissions.ts';
import { bearerOf, hashSecret } from '../access/secret.ts';
import { verifyTrainingAccess } from '../access/training-access.ts';
import { verifyBearer } from '../access/verify-token.ts';
import type { Database } from '../db/base/connect.ts';
import type { ApiEnvironment } from './environment.ts';

/**
 * The gate in front of one route: who asks, and whether the role may. Throws while the server is being built when the
 * route has no rule, so that a route that nobody thought about can never answer. Scopes are checked by the verbs.
 */
export function guard(database: Pick<Database, 'db'>, method: string, path: string) {
  const rule = ruleOf(method, path);
  if (rule === null) throw new Error(`${method.toUpperCase()} ${path} has no row in src/access/permissions.ts`);
  return createMiddleware<ApiEnvironment>(async (context, next) => {
    if (rule === 'training-access') {
      const secret = bearerOf(context.req.header('authorization'));
      const runId = context.req.param('id') ?? '';
      await countingFailures(context, secret, () => verifyTrainingAccess(database, secret, runId));
    } else if (rule !== 'public') {
      const header = context.req.header('authorization');
      const principal = await countingFailures(context, bearerOf(header), () => verifyBearer(database.db, header));
      authorise(principal, rule, null);
      context.set('principal', principal);
    }
    await next();
  });
}

/**
 * Runs a proof of identity under the limit of failures of the client's address, before any query is made for it.
 */
export async function countingFailures<T>(
  context: Context<ApiEnvironment>,
  secret: string | null,
  prove: () => Promise<T>,
): Promise<T> {
  return context.get('failures').attempt(addressOf(context), secret === null ? null : hashSecret(secret), prove);
}

/**
 * The client's address; null when the request did not come over a socket. Headers that a proxy adds are not believed.
 */
function addressOf(context: Context): string | null {
  try {
    return getConnInfo(context).remote.address ?? null;
  } catch {
    return null;
  }
}
