import { statfs } from 'node:fs/promises';

/** Bytes that an ordinary user may still write onto the disk of a folder; null when it cannot be seen. */
export async function freeBytesAt(folder: string): Promise<number | null> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}
