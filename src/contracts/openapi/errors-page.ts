import { errorTable } from '../../domain/words/errors.ts';

export const errorsPageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
};

/** The page that the `type` of every problem points to: one place per code. No script and no style of its own. */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, retryable, hint }]) =>
      `<section id="${code}"><h2><code>${code}</code></h2><p>HTTP ${status}. ` +
      `${retryable ? 'The same request may succeed later.' : 'The same request will be refused again.'}</p>` +
      `<p>${escape(hint)}</p></section>`,
  );
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Codes of refusals · ` +
    `Perennial</title><meta name="viewport" content="width=device-width, ` +
    `initial-scale=1"></head><body><main><h1>Codes of refusals</h1><p>Every refusal is a problem detail (RFC 9457) ` +
    `with one of these codes.</p>${rows.join('')}</main></body></html>`
  );
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
