import type { Child } from 'hono/jsx';
import { productVersion } from '../../product-version.ts';
import { time } from '../words/format.ts';
import { iconHref, script, styles } from './assets.ts';
import { Banners } from './banners.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Crumbs, type Crumb } from './crumbs.tsx';
import { Header, type Section } from './header.tsx';
import { noticeOf, type PageCall } from './page-call.ts';

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
