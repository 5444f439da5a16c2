import { open, stat } from 'node:fs/promises';
import { PerennialError } from '../../domain/words/errors.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

/** A file on this disk, and what messages call it. */
interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** Throws invalid_data with one sentence when there is no file that could be a table. */
export async function sizeOf({ path, name }: NamedFile): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new PerennialError('invalid_data', `${name} is a folder`, {
        path: name,
        hint: 'Name one CSV, NDJSON or Parquet file.',
      });
    if (found.size === 0) throw new PerennialError('invalid_data', `${name} is empty`, { path: name });
    return found.size;
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = isAbsent(error) ? 'there is no file' : code === 'EACCES' ? 'no permission to read' : 'cannot read';
    throw new PerennialError('invalid_data', `${reason} ${name}`, {
      path: name,
      hint: 'Check the path; it is relative to the folder the command was started in.',
      cause: error,
    });
  }
}

export async function readStart({ path, name }: NamedFile, bytesMax: number): Promise<Buffer> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new PerennialError('invalid_data', `no permission to read ${name}`, { path: name, cause });
  });
  try {
    const buffer = Buffer.alloc(bytesMax);
    let filled = 0;
    while (filled < bytesMax) {
      const { bytesRead } = await handle.read(buffer, filled, bytesMax - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
