import type { Context } from 'hono';
import { isSameText, sealOf } from '../../access/browser-session.ts';
import type { ApiDependencies, ApiEnvironment, Notice } from '../../control/environment.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { readCookie, setCookie } from './cookie.ts';
import type { BrowserSession } from './session.ts';

type PageContext = Context<ApiEnvironment>;

const noticeCookie = 'perennial-notice';
const noticeSeconds = 60;

/** Signed with the session's secret: a link that somebody sends cannot make a page say anything. */
export function noticeSetCookie(
  context: PageContext,
  dependencies: ApiDependencies,
  session: BrowserSession,
  notice: Notice,
): string {
  const text = Buffer.from(JSON.stringify([notice.kind, cut(notice.text, charsMax.notice)])).toString('base64url');
  return setCookie(context, dependencies, noticeCookie, `${text}.${sealOf(session.secret, text)}`, noticeSeconds);
}

export function noticeEndCookie(context: PageContext, dependencies: ApiDependencies): string {
  return setCookie(context, dependencies, noticeCookie, '', 0);
}

/** The notice that the last action left for this session; null without one or with one that is not ours. */
export function readNotice(
  context: PageContext,
  dependencies: ApiDependencies,
  session: BrowserSession,
): Notice | null {
  const [text, seal] = (readCookie(context, dependencies, noticeCookie) ?? '').split('.');
  if (text === undefined || seal === undefined || !isSameText(seal, sealOf(session.secret, text))) return null;
  const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  if (!Array.isArray(parsed)) return null;
  const [kind, words]: unknown[] = parsed;
  return (kind === 'done' || kind === 'failed') && typeof words === 'string' ? { kind, text: words } : null;
}
