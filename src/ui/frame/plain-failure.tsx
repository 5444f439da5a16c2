import type { PageFailure } from './failure.tsx';

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
