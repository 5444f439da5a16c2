/** A line, or a quoted cell with its row, is at most so long; a longer one is set aside. */
export const recordBytesMax = 16_777_216;

/** What is left of a text, a block at a time. */
export interface TextBlocks {
  bytes: Buffer;
  /** Behind it nothing comes. */
  isLast: boolean;
  /** Keeps the bytes from `from` on and reads behind them, as much again as is kept where that is long. */
  more(from: number): Promise<void>;
}

export function textBlocks(source: AsyncIterator<Buffer>): TextBlocks {
  const blocks: TextBlocks = {
    bytes: Buffer.alloc(0),
    isLast: false,
    async more(from) {
      const kept = blocks.bytes.subarray(from);
      const parts = [kept];
      let read = 0;
      // Else a long row would be looked at from its beginning for each megabyte of it.
      while (read === 0 || read < kept.length) {
        // oxlint-disable-next-line no-await-in-loop -- one block after the other
        const next = await source.next();
        if (next.done === true) {
          blocks.isLast = true;
          break;
        }
        parts.push(next.value);
        read += next.value.length;
      }
      blocks.bytes = parts.length === 1 ? kept : Buffer.concat(parts);
    },
  };
  return blocks;
}

const LF = 10;
const CR = 13;

export function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

/** Behind the line that begins at `from`; -1 where its end is not in these bytes. */
export function endOfLine(bytes: Buffer, from: number, isLast: boolean): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === LF) return at + 1;
    if (bytes[at] === CR && (at + 1 < bytes.length || isLast)) return bytes[at + 1] === LF ? at + 2 : at + 1;
  }
  return -1;
}

/** Physical lines that end between two places: at LF, CRLF, or CR alone. */
export function linesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) count++;
  for (let at = bytes.indexOf(CR, from); at >= 0 && at < to; at = bytes.indexOf(CR, at + 1))
    if (bytes[at + 1] !== LF) count++;
  return count;
}
