import type { Context } from 'hono';
import { csrfOf, isSessionShaped, sessionLifetimeMs, verifySession } from '../../access/browser-session.ts';
import type { Principal } from '../../access/principal.ts';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { countingFailures } from '../../control/guard.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { readCookie, setCookie } from './cookie.ts';

export interface BrowserSession {
  readonly secret: string;
  readonly csrf: string;
  readonly principal: Principal;
}

type PageContext = Context<ApiEnvironment>;

const sessionCookie = 'perennial-session';

/**
 * Who is signed in, and the secret for the forms of the page; null when nobody is. Cookies that never were one's are
 * counted like wrong tokens. Throws `rate_limited`.
 */
export async function findBrowserSession(
  context: PageContext,
  dependencies: ApiDependencies,
): Promise<BrowserSession | null> {
  const secret = readSessionSecret(context, dependencies);
  if (secret === undefined || !isSessionShaped(secret)) return null;
  const principal = await countingFailures(context, secret, () =>
    verifySession(dependencies.database.db, secret),
  ).catch((error: unknown) => {
    if (isPerennialError(error) && error.code === 'unauthenticated') return null;
    throw error;
  });
  return principal === null ? null : { secret, csrf: csrfOf(secret), principal };
}

export function readSessionSecret(context: PageContext, dependencies: ApiDependencies): string | undefined {
  return readCookie(context, dependencies, sessionCookie);
}

export function sessionSetCookie(context: PageContext, dependencies: ApiDependencies, secret: string): string {
  return setCookie(context, dependencies, sessionCookie, secret, sessionLifetimeMs / 1_000);
}

export function sessionEndCookie(context: PageContext, dependencies: ApiDependencies): string {
  return setCookie(context, dependencies, sessionCookie, '', 0);
}
