import type { Context } from 'hono';
import { authorise, type Principal } from '../access/principal.ts';
import { ruleOf, type RouteRule } from '../access/permissions.ts';
import { sameText } from '../access/browser-session.ts';
import type { Api } from '../control/app.ts';
import type { ApiDependencies, ApiEnvironment, Notice } from '../control/environment.ts';
import { asKnown } from '../control/failures.ts';
import type { CommandContext } from '../commands/base/context.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { renderFailure, type PageFailure } from './failure-page.tsx';
import { withPageHeaders } from './headers.ts';
import { readForm } from './read-form.ts';
import {
  findBrowserSession,
  noticeEndCookie,
  noticeSetCookie,
  ownPath,
  readNotice,
  refererPath,
  refuseForeignForm,
  type BrowserSession,
} from './session.ts';

/** What a page or an action is given. */
export interface PageCall {
  readonly context: Context<ApiEnvironment>;
  readonly principal: Principal;
  /** Goes into each form as the hidden field `csrf`. */
  readonly csrf: string;
  readonly command: CommandContext;
  /** A part of the path, decoded: `path('name')` of `/models/{name}`. */
  readonly path: (name: string) => string;
  readonly query: (name: string) => string | null;
}

export interface ActionDone {
  /** Path of the page to show next. */
  readonly to: string;
  readonly notice: string;
  /** Values of Set-Cookie headers. */
  readonly cookies?: readonly string[];
}

/**
 * A page for people: needs a session (otherwise the browser is sent to sign in) and a row in src/access/permissions.ts.
 */
export function page(
  app: Api,
  dependencies: ApiDependencies,
  path: string,
  render: (call: PageCall) => Promise<Response> | Response,
): void {
  const rule = ruleFor('GET', path);
  app.get(routeOf(path), (context) =>
    answered(context, dependencies, async (seen) => {
      const session = await findBrowserSession(context, dependencies);
      if (session === null) return toSignIn(ownPath(pathOf(context)));
      const call = callOf(context, dependencies, session);
      seen.call = call;
      authorise(session.principal, rule, null);
      const notice = readNotice(context, dependencies, session);
      context.set('notice', notice);
      const response = withPageHeaders(await render(call));
      if (notice !== null) response.headers.append('set-cookie', noticeEndCookie(context, dependencies));
      return response;
    }),
  );
}

/**
 * A form of a page. The form must come from a page of this origin and carry the session's secret. What the verb refuses
 * is shown on the page that the form came from; success leads to `to`, which shows `notice`.
 */
export function action(
  app: Api,
  dependencies: ApiDependencies,
  path: string,
  perform: (call: PageCall, form: ReadonlyMap<string, string>) => Promise<ActionDone>,
): void {
  const rule = ruleFor('POST', path);
  app.post(routeOf(path), (context) =>
    answered(context, dependencies, async (seen) => {
      refuseForeignForm(context, dependencies);
      const back = refererPath(context) ?? '/';
      const session = await findBrowserSession(context, dependencies);
      if (session === null) return toSignIn(back);
      const call = callOf(context, dependencies, session);
      seen.call = call;
      const form = await readForm(context.req.raw);
      refuseForged(session, form.get('csrf'));
      try {
        authorise(session.principal, rule, null);
        const { to, notice, cookies } = await perform(call, form);
        const response = toPage(context, dependencies, session, ownPath(to) ?? '/', { kind: 'done', text: notice });
        for (const cookie of cookies ?? []) response.headers.append('set-cookie', cookie);
        return response;
      } catch (error) {
        const known = asKnown(error);
        if (known.code === 'internal') throw error;
        return toPage(context, dependencies, session, back, { kind: 'failed', text: `${known.message} ${known.hint}` });
      }
    }),
  );
}

/** What the last action of this browser left to be said on this page; null when nothing. */
export function noticeOf(call: PageCall): Notice | null {
  return call.context.get('notice') ?? null;
}

/** Runs `work`; what it throws becomes a page with the sentence, what to do, and the id of the request. */
export async function answered(
  context: Context<ApiEnvironment>,
  dependencies: ApiDependencies,
  work: (seen: { call: PageCall | null }) => Promise<Response>,
): Promise<Response> {
  const seen: { call: PageCall | null } = { call: null };
  try {
    return await work(seen);
  } catch (error) {
    const known = asKnown(error);
    const requestId = context.get('requestId');
    if (known.status >= 500) dependencies.log.error({ requestId, err: error, path: context.req.path }, known.message);
    const failure: PageFailure = {
      status: known.status,
      code: known.code,
      text: known.message,
      hint: known.hint,
      requestId,
      call: seen.call,
    };
    const response = withPageHeaders(await renderFailure(failure));
    if (known.retryAfterSeconds !== undefined) response.headers.set('retry-after', String(known.retryAfterSeconds));
    return response;
  }
}

function ruleFor(method: string, path: string): Exclude<RouteRule, 'public'> {
  const rule = ruleOf(method, path);
  if (rule === null || rule === 'public')
    throw new Error(`${method} ${path} needs a row with a permission in src/access/permissions.ts`);
  return rule;
}

/** `/models/{name}` as Hono writes it. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function callOf(context: Context<ApiEnvironment>, dependencies: ApiDependencies, session: BrowserSession): PageCall {
  const { principal, csrf } = session;
  return {
    context,
    principal,
    csrf,
    command: { database: dependencies.database, bus: dependencies.bus, principal },
    path: (name) => context.req.param(name) ?? '',
    query: (name) => context.req.query(name) ?? null,
  };
}

function refuseForged(session: BrowserSession, given: string | undefined): void {
  if (given !== undefined && sameText(given, session.csrf)) return;
  throw new PerennialError('forbidden', 'The form does not belong to this session.', {
    path: 'csrf',
    hint: 'Load the page again and send the form from there.',
  });
}

function toPage(
  context: Context<ApiEnvironment>,
  dependencies: ApiDependencies,
  session: BrowserSession,
  to: string,
  notice: Notice,
): Response {
  const response = seeOther(to);
  response.headers.append('set-cookie', noticeSetCookie(context, dependencies, session, notice));
  return response;
}

function toSignIn(next: string | null): Response {
  return seeOther(next === null || next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`);
}

/** 303: the browser asks for the next page with GET, and a reload repeats no form. */
export function seeOther(to: string): Response {
  return withPageHeaders(new Response(null, { status: 303, headers: { location: to } }));
}

function pathOf(context: Context<ApiEnvironment>): string {
  const { pathname, search } = new URL(context.req.url);
  return pathname + search;
}
