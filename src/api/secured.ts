import { createRoute, type RouteConfig } from '@hono/zod-openapi';
import { ruleOf } from '../access/permissions.ts';
import type { Database } from '../db/base/connect.ts';
import { guard } from '../control/guard.ts';

/**
 * The only way in which a route of this API is made: described, with its guard in front of the checks of its input, so
 * that a stranger learns nothing from a validation message. Throws for a route without a permission rule.
 */
export function secured<
  const Path extends string,
  const Config extends Omit<RouteConfig, 'path'> & { readonly path: Path },
>(database: Pick<Database, 'db'>, config: Config) {
  const security = ruleOf(config.method, config.path) === 'public' ? [] : [{ bearer: [] }];
  return createRoute({ ...config, security, middleware: guard(database, config.method, config.path) });
}
