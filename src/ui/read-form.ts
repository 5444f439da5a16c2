import { PerennialError } from '../domain/words/errors.ts';

/** Far above the longest reason that somebody types; a definition or a model does not go through a form. */
const bytesMax = 64 * 1024;
const fieldsMax = 200;

/**
 * The fields of a form, each by its first value. Throws for other kinds of body, too large ones and text that Postgres
 * cannot hold.
 */
export async function readForm(request: Request): Promise<ReadonlyMap<string, string>> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded')
    throw new PerennialError('invalid_request', 'The body is not a form.', { path: 'content-type' });
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(await readText(request))) {
    if (name.includes('\u0000') || value.includes('\u0000'))
      throw new PerennialError('invalid_request', 'The form holds a character that is no text (U+0000).', {
        path: name.slice(0, 50),
      });
    if (!fields.has(name)) fields.set(name, value);
    if (fields.size > fieldsMax) throw tooLarge();
  }
  return fields;
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body ?? []) {
    bytes += part.byteLength;
    if (bytes > bytesMax) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function tooLarge(): PerennialError {
  return new PerennialError('too_large', `The form is larger than ${bytesMax} bytes.`, { hint: 'Write less.' });
}
