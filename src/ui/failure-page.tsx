import type { ErrorCode } from '../domain/words/errors.ts';
import type { PageCall } from './secured-page.tsx';

/** What went wrong while a page was made, fit to be shown. */
export interface PageFailure {
  readonly status: number;
  readonly code: ErrorCode;
  readonly text: string;
  readonly hint: string;
  readonly requestId: string;
  /** Null when nobody is signed in. */
  readonly call: PageCall | null;
}

type FailurePage = (failure: PageFailure) => Promise<Response> | Response;

let shown: FailurePage = plain;

/** Sets how failures look; without it they are a bare document. Called once, where the pages are put together. */
export function setFailurePage(render: FailurePage): void {
  shown = render;
}

export async function renderFailure(failure: PageFailure): Promise<Response> {
  try {
    return await shown(failure);
  } catch {
    // The frame itself may need what has just failed (a banner from the database): the sentence must be shown all the
    // same.
    return plain(failure);
  }
}

function plain({ status, text, hint, requestId }: PageFailure): Response {
  const body = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${status} · Perennial`}</title>
        <link rel="stylesheet" href="/assets/perennial.css" />
      </head>
      <body>
        <main>
          <h1>{text}</h1>
          <p>{hint}</p>
          <p>
            <a href="/">All models</a>
          </p>
          <p>
            Request <code>{requestId}</code>
          </p>
        </main>
      </body>
    </html>
  );
  return new Response(`<!doctype html>${String(body)}`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}
