import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { PageCall } from './secured-page.tsx';
import { noticeOf } from './secured-page.tsx';
import { bannersFor } from '../commands/pages/banners.ts';
import { productVersion } from '../product-version.ts';
import { iconHref, script, styles } from './assets.ts';
import { ago, modelPath, time } from './format.ts';

type Html = JSX.Element;

export type Section = 'home' | 'alerts' | 'rollouts' | 'runs' | 'portfolio' | 'audit';

const navigation: readonly (readonly [section: Section, href: string, text: string])[] = [
  ['home', '/', 'Models'],
  ['alerts', '/alerts', 'Alerts'],
  ['rollouts', '/rollouts', 'Rollouts'],
  ['runs', '/runs', 'Runs'],
  ['portfolio', '/portfolio', 'Portfolio'],
  ['audit', '/audit', 'Audit'],
];

export interface Crumb {
  readonly text: string;
  /** Absent for the page itself. */
  readonly href?: string;
}

export interface LayoutProps {
  /** Null for pages that are shown before anybody has signed in. */
  readonly call: PageCall | null;
  readonly title: string;
  readonly section?: Section | undefined;
  readonly crumbs?: readonly Crumb[];
  /** The script fetches the page again at this pace and replaces what is marked `data-live`; absent, never. */
  readonly freshSeconds?: number;
  readonly children?: Child;
}

/** The frame of every page: navigation, who is signed in, what is frozen, what was just done. */
export async function Layout({ call, title, section, crumbs = [], freshSeconds, children }: LayoutProps) {
  const notice = call === null ? null : noticeOf(call);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title} · Perennial</title>
        <link rel="icon" href={iconHref} type="image/svg+xml" />
        <link rel="stylesheet" href={styles.href} />
        <script src={script.href}></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header call={call} section={section} />
        {call === null ? null : <Banners call={call} />}
        <main id="main" tabindex={-1} data-fresh={freshSeconds}>
          {crumbs.length === 0 ? null : <Crumbs crumbs={crumbs} />}
          {notice === null ? null : (
            <p class={`notice ${notice.kind}`} role={notice.kind === 'failed' ? 'alert' : 'status'}>
              <b>{notice.kind === 'failed' ? 'Not done.' : 'Done.'}</b> {notice.text}
            </p>
          )}
          {children}
        </main>
        <footer>
          <span>Perennial {productVersion}</span>
          <span>
            as of {time(new Date())} <span class="fresh-state"></span>
          </span>
          <a href="/docs">API reference</a>
        </footer>
        <ConfirmDialog />
      </body>
    </html>
  );
}

function Header({ call, section }: { readonly call: PageCall | null; readonly section: Section | undefined }) {
  return (
    <header class="top">
      <a class="brand" href="/">
        <img src={iconHref} alt="" width="24" height="24" /> Perennial
      </a>
      {call === null ? null : (
        <nav aria-label="Pages">
          {navigation.map(([name, href, text]) => (
            <a href={href} aria-current={name === section ? 'page' : undefined}>
              {text}
            </a>
          ))}
        </nav>
      )}
      <div class="who">
        <button type="button" class="quiet" id="theme" hidden>
          Theme
        </button>
        {call === null ? null : (
          <>
            <span class="me" title={`role ${call.principal.role}, models ${call.principal.scope}`}>
              {call.principal.name} <small>{call.principal.role}</small>
            </span>
            <form method="post" action="/sign-out">
              <input type="hidden" name="csrf" value={call.csrf} />
              <button type="submit" class="quiet">
                Sign out
              </button>
            </form>
          </>
        )}
      </div>
    </header>
  );
}

/** While something is frozen or killed, every page says so, with who, why and since when. */
async function Banners({ call }: { readonly call: PageCall }) {
  const { shown, more } = await bannersFor(call.command);
  return (
    <div data-live="banners">
      {shown.map((banner) => (
        <p class={`banner ${banner.kind}`} role="status">
          <b>{banner.kind === 'kill' ? 'Kill switch' : 'Frozen'}:</b>{' '}
          {banner.model === '*' ? (
            <a href="/#all-models">all models</a>
          ) : (
            <a href={`${modelPath(banner.model)}#actions`}>{banner.model}</a>
          )}{' '}
          by {banner.actor}, {ago(banner.since)} ago: “{banner.reason}”. Nothing automatic changes{' '}
          {banner.model === '*' ? 'any model' : 'it'} until it is thawed.
        </p>
      ))}
      {more > 0 ? (
        <p class="banner freeze">
          <a href="/?show=frozen">{more} more are frozen.</a>
        </p>
      ) : null}
    </div>
  );
}

function Crumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  return (
    <nav class="crumbs" aria-label="Breadcrumb">
      <ol>
        {crumbs.map((crumb) => (
          <li>
            {crumb.href === undefined ? (
              <span aria-current="page">{crumb.text}</span>
            ) : (
              <a href={crumb.href}>{crumb.text}</a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** One dialog for every form that carries `data-confirm`; without script the typed reason is the only question. */
function ConfirmDialog() {
  return (
    <dialog id="confirm" aria-labelledby="confirm-title">
      <form method="dialog">
        <h2 id="confirm-title">Are you sure?</h2>
        <p id="confirm-text"></p>
        <p>
          Reason: <q id="confirm-reason"></q>
        </p>
        <div class="row end">
          <button value="no" class="quiet">
            Cancel
          </button>
          <button value="yes" class="danger">
            Do it
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A whole page as an answer. */
export async function render(page: Html | Promise<Html>, status = 200): Promise<Response> {
  // Asynchronous components make `toString` answer a promise, which its type does not say.
  const html: unknown = (await page).toString();
  return new Response(`<!doctype html>${String(await html)}`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}
