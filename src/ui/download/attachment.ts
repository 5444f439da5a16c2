/** A file for the reader's disk rather than a page. */
export function attachment(
  name: string,
  type: string,
  body: string | ReadableStream<Uint8Array>,
  more: Readonly<Record<string, string>> = {},
): Response {
  // Names of models hold letters, digits, `.`, `-` and `_`; anything else must not end the header's quote.
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return new Response(body, {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${safe}"`, ...more },
  });
}
