import { PerennialError } from '../domain/words/errors.ts';
import type { SecretScope } from '../settings/secret-scopes.ts';
import { isInScope } from './scope.ts';

/**
 * The secrets that a model's definition may name. Throws `forbidden` for another one, before it is looked for: the
 * answer does not tell whether it is there.
 */
export function secretsFor(
  model: string,
  scopes: readonly SecretScope[] | null,
  read: (name: string) => Promise<string>,
): (name: string) => Promise<string> {
  return async (name) => {
    const isAllowed = scopes === null || scopes.some((entry) => entry.name === name && isInScope(entry.scope, model));
    if (isAllowed) return read(name);
    throw new PerennialError('forbidden', `"${model}" may not use the secret "${name}".`, {
      path: 'source.secret',
      hint: 'List it for this model in PERENNIAL_SECRETS_SCOPES, or name another one.',
    });
  };
}
