import type { Context } from 'hono';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { bodyBytesMax } from '../edge/bodies.ts';
import type { Env } from './respond.ts';

/** The body as JSON. Throws `too_large` before reading more than the bound, `invalid_request` for what is not JSON. */
export async function readJson(context: Context<Env>): Promise<unknown> {
  return (await readJsonText(context)).value;
}

/** The same beside the text that it came as, which holds digits that numbers do not. */
export async function readJsonText(context: Context<Env>): Promise<{ readonly text: string; readonly value: unknown }> {
  if (context.req.header('inference-header-content-length') !== undefined) {
    throw new PerennialError('unsupported', 'Binary tensors are not supported; send the tensors as JSON.', {
      hint: 'Turn binary data off in the client (`binary_data=False`).',
    });
  }
  const text = await readText(context).catch((error: unknown) => {
    // Whatever else goes wrong while a body is read is its connection: the client has gone, nothing of ours has failed.
    throw isPerennialError(error)
      ? error
      : new PerennialError('invalid_request', 'The client hung up before its body was whole.', { cause: error });
  });
  try {
    const value: unknown = JSON.parse(text);
    return { text, value };
  } catch (error) {
    if (text.trim() === '') throw new PerennialError('invalid_request', 'The body is empty; send JSON.');
    const nan = /[:[,]\s*-?(NaN|Infinity)\b/.test(text)
      ? ' JSON has no NaN or Infinity: send null for a missing value.'
      : '';
    throw new PerennialError('invalid_request', `The body is not JSON${placeIn(error)}.${nan}`, { path: 'body' });
  }
}

/** Where the parser gave up. Its own sentence quotes the body, which may be somebody's data. */
function placeIn(error: unknown): string {
  const said = error instanceof Error ? error.message : '';
  if (said.includes('end of JSON input')) return ': it ends too early';
  const [, position] = /at position (\d+)/.exec(said) ?? [];
  return position === undefined ? '' : ` from character ${Number(position) + 1} on`;
}

async function readText(context: Context<Env>): Promise<string> {
  const declared = context.req.header('content-length');
  if (declared !== undefined) {
    if (Number(declared) > bodyBytesMax) throw tooLarge();
    // Node's parser holds the body to its declared length.
    return context.req.text();
  }
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): PerennialError {
  return new PerennialError('too_large', `The body is larger than ${bodyBytesMax / 1_048_576} MiB.`);
}
