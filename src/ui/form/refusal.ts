import { authorise, type Principal } from '../../access/principal.ts';
import type { Permission } from '../../access/roles.ts';
import { isPerennialError } from '../../domain/words/errors.ts';

/** Null when the principal may; otherwise the sentence that says why not, for a form that is shown but shut. */
export function refusalFor(principal: Principal, permission: Permission, model: string): string | null {
  try {
    authorise(principal, permission, model);
    return null;
  } catch (error) {
    if (isPerennialError(error)) return error.message;
    throw error;
  }
}
