import { roles, type Role } from '../domain/record/closed-sets.ts';

/**
 * `audit` is for everybody who may read: whoever answers for risk is a viewer. Rows of models outside the scope, and of
 * tokens for those who do not see all models, are left out.
 *
 * `predict` covers labels too: whoever asks is who learns the outcome. It does not cover `rows:write`: rows that are
 * pushed are what models learn from.
 *
 * `data:erase` is a right of its own: what goes by it is gone for good.
 *
 * `training:work` is for workers that fit models elsewhere: rows of a training under way, and nothing else.
 */
export type Permission =
  | 'read'
  | 'predict'
  | 'rows:write'
  | 'training:work'
  | 'operate'
  | 'apply'
  | 'audit'
  | 'tokens'
  | 'data:erase';

/** What a token may do. Default deny: a role has what stands here and nothing else. */
const permissionsOf: Record<Role, readonly Permission[]> = {
  viewer: ['read', 'audit'],
  predictor: ['predict'],
  writer: ['rows:write'],
  trainer: ['training:work'],
  operator: ['read', 'operate', 'audit'],
  admin: ['read', 'predict', 'rows:write', 'training:work', 'operate', 'apply', 'audit', 'tokens', 'data:erase'],
};

export function isRole(text: string): text is Role {
  return roles.some((role) => role === text);
}

export function hasPermission(role: Role, permission: Permission): boolean {
  return permissionsOf[role].includes(permission);
}

/** Roles that have a permission, for the sentence that refuses. */
export function rolesWith(permission: Permission): readonly Role[] {
  return roles.filter((role) => hasPermission(role, permission));
}
