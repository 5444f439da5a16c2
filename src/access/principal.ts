import { PerennialError } from '../domain/words/errors.ts';
import type { Role } from '../domain/record/closed-sets.ts';
import { hasPermission, rolesWith, type Permission } from './roles.ts';
import { isInScope } from './scope.ts';

/** Who asks, as proven by a token. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  /** Glob over model names. */
  readonly scope: string;
}

/**
 * Throws `forbidden` unless the principal's role has the permission and its scope covers the model (null: no model in
 * question).
 */
export function authorise(principal: Principal, permission: Permission, model: string | null): void {
  if (!hasPermission(principal.role, permission)) {
    throw new PerennialError(
      'forbidden',
      `The token "${principal.name}" has the role ${principal.role}; this needs ${rolesWith(permission).join(' or ')}.`,
    );
  }
  // Said without looking whether the model exists: a scope must not become a way to learn names.
  if (model !== null && !isInScope(principal.scope, model)) {
    throw new PerennialError(
      'forbidden',
      `The token "${principal.name}" covers models named "${principal.scope}", not "${model}".`,
    );
  }
}

/** True when the scope is all models, also those that nobody has made yet. */
export function hasFullScope(principal: Pick<Principal, 'scope'>): boolean {
  return /^\*+$/.test(principal.scope);
}

/** As `authorise` for all models at once: only a scope of `*` will do. */
export function authoriseEverywhere(principal: Principal, permission: Permission): void {
  authorise(principal, permission, null);
  if (!hasFullScope(principal)) {
    throw new PerennialError(
      'forbidden',
      `The token "${principal.name}" covers models named "${principal.scope}"; ` +
        `this needs a token for all models ("*").`,
    );
  }
}
