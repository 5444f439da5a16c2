import { authorise } from '../../access/principal.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { answered } from './answered.ts';
import { withPageHeaders } from './headers.ts';
import { noticeEndCookie, readNotice } from './notice.ts';
import { ownPath } from './own-origin.ts';
import { pageCall, type PageCall } from './page-call.ts';
import { routeOf, ruleFor } from './route.ts';
import { toSignIn } from './see-other.ts';
import { findBrowserSession } from './session.ts';

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
      if (session === null) return toSignIn(ownPath(pathOf(context.req.url)));
      const call = pageCall(context, dependencies, session);
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

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
