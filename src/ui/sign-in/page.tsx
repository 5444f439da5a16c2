import { Layout } from '../frame/layout.tsx';
import { render } from '../frame/render.ts';

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

/** The form for signing in; without script, and without anything that tells who exists. */
export function signInPage({ next, code, failure, status }: SignInProps): Promise<Response> {
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
