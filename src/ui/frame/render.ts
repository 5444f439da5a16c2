import type { JSX } from 'hono/jsx/jsx-runtime';

/** A whole page as an answer. */
export async function render(page: JSX.Element | Promise<JSX.Element>, status = 200): Promise<Response> {
  // Asynchronous components make `toString` answer a promise, which its type does not say.
  const html: unknown = (await page).toString();
  return new Response(`<!doctype html>${String(await html)}`, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}
