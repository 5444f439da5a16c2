/** What a token may do. Default deny: a role has what stands here and nothing else. */
export type Role = 'viewer' | 'predictor' | 'operator' | 'admin';

/** `predict` covers labels too: whoever asks is who learns the outcome. */
export type Permission = 'read' | 'predict' | 'operate' | 'apply' | 'tokens';

const permissionsOf: Record<Role, readonly Permission[]> = {
  viewer: ['read'],
  predictor: ['predict'],
  operator: ['read', 'operate'],
  admin: ['read', 'predict', 'operate', 'apply', 'tokens'],
};

export const roles: readonly Role[] = ['viewer', 'predictor', 'operator', 'admin'];

export function isRole(text: string): text is Role {
  return roles.some((role) => role === text);
}

export function roleHas(role: Role, permission: Permission): boolean {
  return permissionsOf[role].includes(permission);
}

/** Roles that have a permission, for the sentence that refuses. */
export function rolesWith(permission: Permission): readonly Role[] {
  return roles.filter((role) => roleHas(role, permission));
}
