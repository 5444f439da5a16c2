import type { Db } from '../db/base/connect.ts';
import { liveTokensNamed } from '../db/people/tokens.ts';
import { hasPermission } from './roles.ts';
import { isInScope } from './scope.ts';

/** Of these names, those with a live token that may operate the model. */
export async function namesThatMayOperate(
  db: Db,
  model: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const tokens = await liveTokensNamed(db, names);
  const able = tokens.filter(({ role, scope }) => hasPermission(role, 'operate') && isInScope(scope, model));
  return new Set(able.map(({ name }) => name));
}
