import { constants, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/**
 * Copies a file that a program has left: a plain one, no link, no pipe, and no larger than `bytesMax`, so that nothing
 * of it changes any more while it is looked at. Null where there is none. Throws `invalid_data` and `too_large`.
 */
export async function takeFile(from: string, name: string, to: string, bytesMax: number): Promise<true | null> {
  // Without O_NONBLOCK a pipe would be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(from, flags).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw noPlainFile(name);
  });
  if (handle === null) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.nlink > 1) throw noPlainFile(name);
    if (found.size > bytesMax)
      throw new PerennialError('too_large', `The file ${name} of the trainer is larger than ${bytesMax} bytes.`, {
        path: name,
        hint: 'Leave a smaller one.',
      });
    const reading = handle.createReadStream({ start: 0, end: Math.max(0, found.size - 1), autoClose: false });
    await pipeline(reading, createWriteStream(to, { flags: 'wx' }));
    return true;
  } finally {
    await handle.close();
  }
}

function noPlainFile(name: string): PerennialError {
  return new PerennialError('invalid_data', `What the trainer left as ${name} is no plain file.`, {
    path: name,
    hint: 'Write the file itself: links and pipes are not read.',
  });
}
