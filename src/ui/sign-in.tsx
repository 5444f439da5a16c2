import type { Context } from 'hono';
import type { Api } from '../control/app.ts';
import type { ApiDependencies, ApiEnvironment } from '../control/environment.ts';
import { asKnown } from '../control/failures.ts';
import { countingFailures, guard } from '../control/guard.ts';
import { signIn, signInByCode } from '../commands/people/sign-in.ts';
import { signOut } from '../commands/people/sign-out.ts';
import { withPageHeaders } from './headers.ts';
import { Layout, render } from './layout.tsx';
import { readForm } from './read-form.ts';
import { action, answered, seeOther } from './secured-page.tsx';
import {
  findBrowserSession,
  ownPath,
  readSessionSecret,
  refuseForeignForm,
  sessionEndCookie,
  sessionSetCookie,
} from './session.ts';

type PageContext = Context<ApiEnvironment>;

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
  action(app, dependencies, '/sign-out', async (call) => {
    const secret = readSessionSecret(call.context, dependencies);
    if (secret !== undefined) await signOut(database, call.principal, secret);
    return { to: '/', notice: 'Signed out.', cookies: [sessionEndCookie(call.context, dependencies)] };
  });
}

async function takeSignIn(context: PageContext, dependencies: ApiDependencies): Promise<Response> {
  refuseForeignForm(context, dependencies);
  const form = await readForm(context.req.raw);
  const next = ownPath(form.get('next')) ?? '/';
  const code = form.get('code') ?? null;
  const given = (code ?? form.get('token') ?? '').trim();
  try {
    const secret = await countingFailures(context, given, () =>
      code === null
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

interface SignInProps {
  readonly next: string;
  /**
   * A one-use code from the link; the button, not the link, uses it: a mail scanner or a foreign page that follows the
   * link signs nobody in.
   */
  readonly code: string | null;
  readonly failure: string | null;
  readonly status: number;
}

function signInPage({ next, code, failure, status }: SignInProps): Promise<Response> {
  return render(
    <Layout call={null} title="Sign in">
      <section class="sign-in">
        <h1>Sign in</h1>
        <form method="post" action="/sign-in">
          <input type="hidden" name="next" value={next} />
          {code === null ? <TokenField failure={failure} /> : <CodeField code={code} />}
          <button type="submit" autofocus={code !== null}>
            Sign in
          </button>
        </form>
        {next === '/' ? null : (
          <p>
            Came from another site and signed in already? <a href={next}>Continue</a>
          </p>
        )}
      </section>
    </Layout>,
    status,
  );
}

function TokenField({ failure }: { readonly failure: string | null }) {
  const about = failure === null ? 'token-help' : 'token-failure token-help';
  return (
    <>
      <label for="token">Token</label>
      <input
        id="token"
        name="token"
        type="password"
        required
        autofocus
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxlength={200}
        aria-describedby={about}
        aria-invalid={failure === null ? undefined : 'true'}
      />
      {failure === null ? null : (
        <p id="token-failure" class="notice failed" role="alert">
          {failure}
        </p>
      )}
      <p id="token-help">
        It begins with <code>prn_</code>. On one machine, <code>perennial open</code> signs in without it; the first
        tokens are in <code>tokens.json</code> in the state folder. An admin makes more with{' '}
        <code>perennial token create</code>.
      </p>
    </>
  );
}

function CodeField({ code }: { readonly code: string }) {
  return (
    <>
      <input type="hidden" name="code" value={code} />
      <p>This link opens one session, once, within a minute of its making.</p>
    </>
  );
}
