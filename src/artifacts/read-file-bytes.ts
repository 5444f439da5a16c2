import { readFile } from 'node:fs/promises';
import { isAbsent } from '../domain/words/is-absent.ts';
import { sha256 } from './digest.ts';

/** A file whose bytes are those of the digest; null when they are others, or none. */
export async function readFileBytes(file: string, digest: string): Promise<Buffer | null> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  return bytes !== null && sha256(bytes) === digest ? bytes : null;
}
