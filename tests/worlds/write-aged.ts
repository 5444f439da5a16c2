import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

let writtenAtS = Date.now() / 1_000 - 3_600;

/**
 * Writes these lines as if they had been there for an hour: a file that was just written is not read yet. Each file is
 * a second younger than the one before it.
 */
export async function writeAged(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${lines.join('\n')}\n`);
  await utimes(file, ++writtenAtS, writtenAtS);
}
