import type { Context } from 'hono';
import { generateCookie, getCookie } from 'hono/cookie';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';

type PageContext = Context<ApiEnvironment>;

export function readCookie(context: PageContext, dependencies: ApiDependencies, name: string): string | undefined {
  return isSecure(context, dependencies) ? getCookie(context, name, 'host') : getCookie(context, name);
}

/** A Set-Cookie header that no script can read and no other site can send. */
export function setCookie(
  context: PageContext,
  dependencies: ApiDependencies,
  name: string,
  value: string,
  maxAgeSeconds: number,
): string {
  const secure = isSecure(context, dependencies);
  return generateCookie(name, value, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: maxAgeSeconds,
    secure,
    ...(secure ? { prefix: 'host' as const } : {}),
  });
}

/** Over https, by the request or by the setting: behind a proxy that ends TLS the request itself says http. */
function isSecure(context: PageContext, dependencies: ApiDependencies): boolean {
  return (
    (dependencies.controlUrl ?? context.req.url).startsWith('https:') ||
    context.req.header('x-forwarded-proto') === 'https'
  );
}
