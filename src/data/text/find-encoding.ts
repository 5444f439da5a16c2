import { isUtf8 } from 'node:buffer';
import type { TextEncoding } from '../../domain/spec/closed-sets.ts';

/** The encoding that the first bytes name by a byte order mark, or null. */
export function markedEncoding(start: Buffer): TextEncoding | null {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8';
  if (start[0] === 0xff && start[1] === 0xfe && !(start[2] === 0 && start[3] === 0)) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return null;
}

/** Share of the pairs of bytes in which one half is zero, as in UTF-16 of European text. */
const utf16Share = 0.4;

/** UTF-16 without a byte order mark, seen by its zeros; null for anything else. */
export function unmarkedUtf16(sample: Buffer): TextEncoding | null {
  if (sample.length < 4) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < sample.length; at += 2) {
    if (sample[at] === 0) even++;
    if (sample[at + 1] === 0) odd++;
  }
  const pairs = sample.length >> 1;
  if (odd > pairs * utf16Share && even < pairs * 0.05) return 'utf-16le';
  return even > pairs * utf16Share && odd < pairs * 0.05 ? 'utf-16be' : null;
}

/** Share of control characters above which bytes are no text. */
const controlShareMax = 0.01;

/** Whether bytes are something else than text: an archive, an image, a spreadsheet. */
export function isBinary(sample: Buffer): boolean {
  if (sample.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1'))) return true;
  let controls = 0;
  for (const byte of sample) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) controls++;
  return controls > Math.max(1, sample.length * controlShareMax);
}

/** Lines with other than ASCII bytes that are UTF-8, and those that are not. */
export interface EncodingCount {
  readonly valid: number;
  readonly invalid: number;
}

/** The same over whole lines of a sample. */
export function countEncoding(sample: Buffer): EncodingCount {
  let valid = 0;
  let invalid = 0;
  for (let from = 0; from < sample.length;) {
    const end = sample.indexOf(10, from);
    const line = sample.subarray(from, end < 0 ? sample.length : end);
    if (isUtf8(line)) {
      if (line.some((byte) => byte >= 0x80)) valid++;
      // A last line that the sample cuts off proves nothing.
    } else if (end >= 0) invalid++;
    if (end < 0) break;
    from = end + 1;
  }
  return { valid, invalid };
}

/** Mostly UTF-8: its few bad lines are set aside. Mostly not: all of it is taken for Windows-1252. */
export function isWindows1252({ valid, invalid }: EncodingCount): boolean {
  return invalid > valid;
}
