import type { Context } from 'hono';
import type { z } from 'zod';
import { isSameText } from '../../access/browser-session.ts';
import { authorise } from '../../access/principal.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies, ApiEnvironment, Notice } from '../../control/environment.ts';
import { asKnown } from '../../control/failures.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { readFields, readForm } from '../form/read-form.ts';
import { answered } from './answered.ts';
import { noticeSetCookie } from './notice.ts';
import { ownPath, refererPath, refuseForeignForm } from './own-origin.ts';
import { pageCall, type PageCall } from './page-call.ts';
import { routeOf, ruleFor } from './route.ts';
import { seeOther, toSignIn } from './see-other.ts';
import { findBrowserSession, type BrowserSession } from './session.ts';

export interface ActionDone {
  /** Path of the page to show next. */
  readonly to: string;
  readonly notice: string;
  /** Values of Set-Cookie headers. */
  readonly cookies?: readonly string[];
}

/**
 * A form of a page, with the fields that it must have. The form must come from a page of this origin and carry the
 * session's secret. What a field or the verb refuses is shown on the page that the form came from; success leads to
 * `to`, which shows `notice`.
 */
export function action<Shape extends z.ZodRawShape>(
  app: Api,
  dependencies: ApiDependencies,
  path: string,
  fields: Shape,
  perform: (call: PageCall, form: z.output<z.ZodObject<Shape>>) => Promise<ActionDone>,
): void {
  const rule = ruleFor('POST', path);
  app.post(routeOf(path), (context) =>
    answered(context, dependencies, async (seen) => {
      refuseForeignForm(context, dependencies);
      const back = refererPath(context) ?? '/';
      const session = await findBrowserSession(context, dependencies);
      if (session === null) return toSignIn(back);
      const call = pageCall(context, dependencies, session);
      seen.call = call;
      const form = await readForm(context.req.raw);
      refuseForged(session, form.get('csrf'));
      try {
        authorise(session.principal, rule, null);
        const { to, notice, cookies } = await perform(call, readFields(form, fields));
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

function refuseForged(session: BrowserSession, given: string | undefined): void {
  if (given !== undefined && isSameText(given, session.csrf)) return;
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
