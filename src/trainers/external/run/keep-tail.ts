import type { Readable } from 'node:stream';

/** What a program wrote last, and how much it was in all. */
export interface Tail {
  readonly text: () => string;
  readonly bytes: () => number;
}

/** Reads a stream to its end and keeps the last of it, no more than `bytesMax`. */
export function keepTail(stream: Readable, bytesMax: number): Tail {
  let kept = Buffer.alloc(0);
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    kept = Buffer.concat([kept, chunk]).subarray(-bytesMax);
  });
  // A pipe that breaks says no more than one that ends.
  stream.on('error', () => undefined);
  return { text: () => kept.toString('utf8'), bytes: () => bytes };
}

/** One line of plain characters, the end of what was said. */
export function lastWords(text: string, charsMax: number): string {
  const plain = text
    // Colours and other commands to a terminal.
    // oxlint-disable-next-line no-control-regex -- they begin with one
    .replaceAll(/\u001B\[[0-9;?]*[A-Za-z]/g, '')
    .split(/[\r\n]+/)
    // oxlint-disable-next-line no-control-regex -- nothing else is to reach a log or a page
    .map((line) => line.replaceAll(/[\u0000-\u001F\u007F]+/g, ' ').trim())
    .filter((line) => line !== '')
    .join(' | ');
  return plain.length <= charsMax ? plain : `…${plain.slice(-charsMax)}`;
}
