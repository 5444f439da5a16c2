import type { ErrorCode } from '../../domain/words/errors.ts';
import type { PageCall } from './page-call.ts';

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

/** A failure as a bare document, for when the frame of the pages cannot be drawn. */
export function PlainFailure({ status, text, hint, requestId }: PageFailure) {
  return (
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
}
