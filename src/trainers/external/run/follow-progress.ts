import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { externalProgressSchema } from '../../../contracts/spec/external-folder.ts';
import { externalLimits, type ExternalProgress } from '../../../domain/training/external.ts';

const { progressLineBytesMax } = externalLimits;
/** Read at one look; what is written faster is read later. */
const lookBytesMax = 64 * 1024;

/**
 * Reads what a program has added to its file of progress since the last look: the last line that can be understood, or
 * null. Other lines, longer ones and a file that is none are passed over.
 */
export function followProgress(file: string): () => Promise<ExternalProgress | null> {
  const decoder = new StringDecoder('utf8');
  let at = 0;
  let rest = '';
  let isTooLong = false;
  return async () => {
    // A pipe in the place of the file must not hold us up, nor a link lead elsewhere.
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => null);
    if (handle === null) return null;
    try {
      const found = await handle.stat();
      if (!found.isFile()) return null;
      if (found.size < at) at = 0;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(lookBytesMax), 0, lookBytesMax, at);
      at += bytesRead;
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      rest = lines.pop() ?? '';
      if (isTooLong && lines.length > 0) lines.shift();
      isTooLong = rest.length > progressLineBytesMax || (isTooLong && lines.length === 0);
      if (isTooLong) rest = '';
      return lines.reduce<ExternalProgress | null>((last, line) => understood(line) ?? last, null);
    } finally {
      await handle.close();
    }
  };
}

function understood(line: string): ExternalProgress | null {
  if (line.length > progressLineBytesMax) return null;
  try {
    return externalProgressSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
