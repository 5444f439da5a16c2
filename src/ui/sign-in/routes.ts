import type { Context } from 'hono';
import { z } from 'zod';
import { signIn, signInByCode } from '../../commands/people/sign-in.ts';
import { signOut } from '../../commands/people/sign-out.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies, ApiEnvironment } from '../../control/environment.ts';
import { asKnown } from '../../control/failures.ts';
import { countingFailures, guard } from '../../control/guard.ts';
import { text } from '../form/fields.ts';
import { readFields, readForm } from '../form/read-form.ts';
import { action } from '../frame/action.ts';
import { answered } from '../frame/answered.ts';
import { withPageHeaders } from '../frame/headers.ts';
import { ownPath, refuseForeignForm } from '../frame/own-origin.ts';
import { seeOther } from '../frame/see-other.ts';
import { findBrowserSession, readSessionSecret, sessionEndCookie, sessionSetCookie } from '../frame/session.ts';
import { signInPage } from './page.tsx';

type PageContext = Context<ApiEnvironment>;

/** A code comes from the link, a token is typed. */
const signInFields = { next: text, token: text, code: z.string().optional() };

/** Signing in with a token or a one-use link, and signing out. Works without script. */
export function signInRoutes(app: Api, dependencies: ApiDependencies): void {
  const { database } = dependencies;
  app.get('/sign-in', guard(database, 'get', '/sign-in'), (context) =>
    answered(context, dependencies, async () => {
      const next = ownPath(context.req.query('next')) ?? '/';
      const session = await findBrowserSession(context, dependencies);
      if (session !== null && context.req.query('code') === undefined) return seeOther(next);
      return withPageHeaders(
        await signInPage({ next, code: context.req.query('code') ?? null, failure: null, status: 200 }),
      );
    }),
  );
  app.post('/sign-in', guard(database, 'post', '/sign-in'), (context) =>
    answered(context, dependencies, () => takeSignIn(context, dependencies)),
  );
  action(app, dependencies, '/sign-out', {}, async (call) => {
    const secret = readSessionSecret(call.context, dependencies);
    if (secret !== undefined) await signOut(database, call.principal, secret);
    return { to: '/', notice: 'Signed out.', cookies: [sessionEndCookie(call.context, dependencies)] };
  });
}

async function takeSignIn(context: PageContext, dependencies: ApiDependencies): Promise<Response> {
  refuseForeignForm(context, dependencies);
  const form = readFields(await readForm(context.req.raw), signInFields);
  const next = ownPath(form.next) ?? '/';
  const given = (form.code ?? form.token).trim();
  try {
    const secret = await countingFailures(context, given, () =>
      form.code === undefined
        ? signIn(dependencies.database, { token: given })
        : signInByCode(dependencies.database, { code: given }),
    );
    const response = seeOther(next);
    response.headers.append('set-cookie', sessionSetCookie(context, dependencies, secret));
    return response;
  } catch (error) {
    const known = asKnown(error);
    if (known.status >= 500) throw error;
    const response = withPageHeaders(
      await signInPage({ next, code: null, failure: `${known.message} ${known.hint}`, status: known.status }),
    );
    if (known.retryAfterSeconds !== undefined) response.headers.set('retry-after', String(known.retryAfterSeconds));
    return response;
  }
}
