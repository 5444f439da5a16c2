import type { Context } from 'hono';
import { generateCookie, getCookie } from 'hono/cookie';
import { csrfOf, sameText, sealOf, sessionLifetimeMs, verifySession } from '../access/browser-session.ts';
import type { Principal } from '../access/principal.ts';
import type { ApiDependencies, ApiEnvironment, Notice } from '../control/environment.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { cut } from '../domain/words/cut.ts';
import { charsMax } from '../domain/words/limits.ts';

export interface BrowserSession {
  readonly secret: string;
  readonly csrf: string;
  readonly principal: Principal;
}

type PageContext = Context<ApiEnvironment>;

const sessionCookie = 'perennial-session';
const noticeCookie = 'perennial-notice';
const noticeSeconds = 60;

/** Who is signed in, and the secret for the forms of the page; null when nobody is. */
export async function findBrowserSession(
  context: PageContext,
  dependencies: ApiDependencies,
): Promise<BrowserSession | null> {
  const secret = readSessionSecret(context, dependencies);
  if (secret === undefined) return null;
  const principal = await verifySession(dependencies.database.db, secret);
  return principal === null ? null : { secret, csrf: csrfOf(secret), principal };
}

export function readSessionSecret(context: PageContext, dependencies: ApiDependencies): string | undefined {
  return readCookie(context, dependencies, sessionCookie);
}

export function sessionSetCookie(context: PageContext, dependencies: ApiDependencies, secret: string): string {
  return cookie(context, dependencies, sessionCookie, secret, sessionLifetimeMs / 1_000);
}

export function sessionEndCookie(context: PageContext, dependencies: ApiDependencies): string {
  return cookie(context, dependencies, sessionCookie, '', 0);
}

/** Signed with the session's secret: a link that somebody sends cannot make a page say anything. */
export function noticeSetCookie(
  context: PageContext,
  dependencies: ApiDependencies,
  session: BrowserSession,
  notice: Notice,
): string {
  const text = Buffer.from(JSON.stringify([notice.kind, cut(notice.text, charsMax.notice)])).toString('base64url');
  return cookie(context, dependencies, noticeCookie, `${text}.${sealOf(session.secret, text)}`, noticeSeconds);
}

export function noticeEndCookie(context: PageContext, dependencies: ApiDependencies): string {
  return cookie(context, dependencies, noticeCookie, '', 0);
}

/** The notice that the last action left for this session; null without one or with one that is not ours. */
export function readNotice(
  context: PageContext,
  dependencies: ApiDependencies,
  session: BrowserSession,
): Notice | null {
  const [text, seal] = (readCookie(context, dependencies, noticeCookie) ?? '').split('.');
  if (text === undefined || seal === undefined || !sameText(seal, sealOf(session.secret, text))) return null;
  const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!Array.isArray(parsed)) return null;
  const [kind, words]: unknown[] = parsed;
  return (kind === 'done' || kind === 'failed') && typeof words === 'string' ? { kind, text: words } : null;
}

/**
 * Throws unless the form was sent by a page of this origin. The browser's own word (Sec-Fetch-Site) where there is one;
 * otherwise the Origin header must name this host. A client that sends neither is no browser of the last ten years.
 */
export function refuseForeignForm(context: PageContext, dependencies: ApiDependencies): void {
  const site = context.req.header('sec-fetch-site');
  if (site === 'same-origin') return;
  const origin = context.req.header('origin');
  if (site === undefined && origin !== undefined && URL.canParse(origin)) {
    const { host } = new URL(origin);
    const own = dependencies.controlUrl === undefined ? null : new URL(dependencies.controlUrl).host;
    if (host === context.req.header('host') || host === own) return;
  }
  throw new PerennialError('forbidden', 'The form was not sent by a page of this Perennial.', {
    hint: 'Open the page itself and send the form from there.',
  });
}

/** A path of this origin, or null: what a link or a form says about where to go next is not to be trusted. */
export function ownPath(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text.length > 2_000) return null;
  return /^\/(?![/\\])[!-[\]-~]*$/.test(text) && !/^\/sign-(in|out)\b/.test(text) ? text : null;
}

/** The path and query of the page that sent this request, by its Referer; null when that is elsewhere or not told. */
export function refererPath(context: PageContext): string | null {
  const referer = context.req.header('referer');
  if (referer === undefined || !URL.canParse(referer)) return null;
  const { host, pathname, search } = new URL(referer);
  return host === context.req.header('host') ? ownPath(pathname + search) : null;
}

function readCookie(context: PageContext, dependencies: ApiDependencies, name: string): string | undefined {
  return isSecure(context, dependencies) ? getCookie(context, name, 'host') : getCookie(context, name);
}

function cookie(
  context: PageContext,
  dependencies: ApiDependencies,
  name: string,
  value: string,
  maxAge: number,
): string {
  const secure = isSecure(context, dependencies);
  return generateCookie(name, value, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge,
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
