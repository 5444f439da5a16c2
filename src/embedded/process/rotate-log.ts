import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';

const logBytesMax = 16 * 1_048_576;

/**
 * Makes the log's folder, and puts a log that has grown over 16 MiB aside (one predecessor is kept). Call before
 * opening it.
 */
export async function rotateLog(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logBytesMax) await rename(file, `${file}.1`);
}
