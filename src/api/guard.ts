import { createMiddleware } from 'hono/factory';
import { authorise } from '../access/principal.ts';
import { ruleOf } from '../access/permissions.ts';
import { verifyBearer } from '../access/verify-token.ts';
import type { Database } from '../db/connect.ts';
import type { ApiEnvironment } from './environment.ts';

/**
 * The gate in front of one route: who asks, and whether the role may. Throws while the server is being built when the
 * route has no rule, so that a route that nobody thought about can never answer. Scopes are checked by the verbs.
 */
export function guard(database: Pick<Database, 'db'>, method: string, path: string) {
  const rule = ruleOf(method, path);
  if (rule === null) throw new Error(`${method.toUpperCase()} ${path} has no row in src/access/permissions.ts`);
  return createMiddleware<ApiEnvironment>(async (context, next) => {
    if (rule !== 'public') {
      const principal = await verifyBearer(database.db, context.req.header('authorization'));
      authorise(principal, rule, null);
      context.set('principal', principal);
    }
    await next();
  });
}
