import type { Context } from 'hono';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { PerennialError } from '../../domain/words/errors.ts';

type PageContext = Context<ApiEnvironment>;

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
