import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PerennialError } from '../domain/words/errors.ts';
import { refusalOf, send, type Ask } from './request.ts';

/** A whole file, made and sent: what is larger than a connection brings in an hour is not taken out this way. */
const limitMs = 3_600_000;

/**
 * Writes what an address answers into a new file, which is there whole or not at all; answers its bytes. Throws
 * `conflict` where there is a file already, and what `request` throws.
 */
export async function download(ask: Pick<Ask, 'url' | 'token'>, file: string): Promise<number> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new PerennialError('conflict', `${file} is there already.`, { path: file, hint: 'Give another name.' });
  const response = await send({ method: 'GET', ...ask, limitMs });
  if (!response.ok || response.body === null) throw await refusalOf(response, ask.url);
  const wanted = Number(response.headers.get('content-length') ?? Number.NaN);
  const part = `${file}.part`;
  const target = createWriteStream(part, { mode: 0o600 });
  try {
    await pipeline(Readable.fromWeb(response.body), target);
    if (target.bytesWritten !== wanted) throw cutOff(file);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error instanceof PerennialError ? error : cutOff(file, error);
  }
  return target.bytesWritten;
}

function cutOff(file: string, cause?: unknown): PerennialError {
  return new PerennialError('unavailable', `${file} did not come whole.`, {
    path: file,
    hint: 'Look whether there is room on the disk, and ask again.',
    cause,
  });
}
