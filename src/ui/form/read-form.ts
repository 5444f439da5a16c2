import { z } from 'zod';
import { PerennialError } from '../../domain/words/errors.ts';

/** Far above the longest reason that somebody types; a definition or a model does not go through a form. */
const bytesMax = 64 * 1024;
const fieldsMax = 200;

export type Form = ReadonlyMap<string, string>;

/**
 * The fields of a form, each by its first value. Throws for other kinds of body, too large ones and text that Postgres
 * cannot hold.
 */
export async function readForm(request: Request): Promise<Form> {
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

/** The fields that a form must have, each as its schema reads it. Throws the sentence of the first that is wrong. */
export function readFields<Shape extends z.ZodRawShape>(form: Form, shape: Shape): z.output<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(Object.fromEntries(form));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const hint: unknown = issue?.code === 'custom' ? issue.params?.['hint'] : undefined;
  throw new PerennialError('invalid_request', issue?.message ?? 'The form is not complete.', {
    path: issue?.path.join('.') ?? 'form',
    hint: typeof hint === 'string' ? hint : 'Load the page again and send the form from there.',
  });
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
