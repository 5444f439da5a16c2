import { ruleOf } from '../../access/permissions.ts';
import type { Permission } from '../../access/roles.ts';

/** The permission that a page or an action needs; a path without a row in src/access/permissions.ts does not start. */
export function ruleFor(method: string, path: string): Permission {
  const rule = ruleOf(method, path);
  if (rule === null || rule === 'public' || rule === 'training-access')
    throw new Error(`${method} ${path} needs a row with a permission in src/access/permissions.ts`);
  return rule;
}

/** `/models/{name}` as Hono writes it. */
export function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
