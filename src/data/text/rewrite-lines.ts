import { isAscii, isUtf8 } from 'node:buffer';
import { endOfLine, isLineEnd, linesIn, recordBytesMax, textBlocks } from './text-blocks.ts';
import { stopsOf, tallyOf } from './resume/scan-state.ts';
import { emptyTally, rejectWriter, type TextTally } from './text-tally.ts';
import type { RewriteOptions } from './rewrite-csv.ts';

/** Between the line number and the text: it cannot stand unescaped in JSON. */
export const unitSeparator = '\u001f';
const separatorByte = 31;

/**
 * One pass over a text of one JSON object per line: each line that is text of the encoding is written with its number
 * before it. Whether it is an object is asked later. Memory is bounded by the longest line, at most 16 MiB.
 */
export async function rewriteLines(
  source: AsyncIterator<Buffer>,
  { rowsMax, rows, rejects, stops }: RewriteOptions,
): Promise<TextTally> {
  const before = stops?.from ?? null;
  const tally = before === null ? emptyTally() : tallyOf(before);
  if (before?.isDone === true) return tally;
  const { account, encoding } = tally;
  const { isDue, stop } = stopsOf(stops, tally, () => null);
  const reject = rejectWriter(rejects, tally);
  const blocks = textBlocks(source);
  let line = before?.line ?? 1;
  let isPassing = false;
  let isLineOpen = before?.isLineOpen ?? false;
  let at = 0;
  for (;;) {
    const { bytes, isLast } = blocks;
    const blockFrom = at;
    while (at < bytes.length && account.rows !== rowsMax && !isDue()) {
      const next = endOfLine(bytes, at, isLast);
      const end = next < 0 ? bytes.length : next;
      if (!isPassing && end - at > recordBytesMax) {
        reject('row.length', line, bytes.subarray(at, at + 1_000));
        isPassing = true;
      }
      if (next < 0 && !isLast) {
        if (isPassing) at = end;
        break;
      }
      if (isPassing) isPassing = false;
      else sort(bytes.subarray(at, end), line);
      at = end;
      line++;
    }
    account.lines += linesIn(bytes, blockFrom, at);
    if (at > blockFrom) isLineOpen = !isLineEnd(bytes[at - 1]);
    if (account.rows === rowsMax || (isLast && at >= bytes.length)) break;
    // oxlint-disable no-await-in-loop -- one block after the other
    if (isDue()) await stop({ rest: bytes.subarray(at), line, isLineOpen, isDone: false });
    else {
      await blocks.more(at);
      at = 0;
    }
    // oxlint-enable no-await-in-loop
  }
  if (isLineOpen) account.lines++;
  await stop({ rest: blocks.bytes.subarray(at), line, isLineOpen, isDone: true });
  return tally;

  function sort(raw: Buffer, number: number): void {
    let end = raw.length;
    while (end > 0 && isSpace(raw[end - 1])) end--;
    let from = 0;
    while (from < end && isSpace(raw[from])) from++;
    if (from === end) {
      account.blank++;
      return;
    }
    if (!isAscii(raw)) {
      const isValid = isUtf8(raw);
      if (isValid) encoding.valid++;
      else encoding.invalid++;
      if (!isValid) {
        reject('row.encoding', number, raw);
        return;
      }
    }
    if (raw.includes(0)) {
      reject('row.nul', number, raw);
      return;
    }
    if (raw.includes(separatorByte)) {
      reject('row.shape', number, raw);
      return;
    }
    account.rows++;
    if (end - from > tally.longestBytes) tally.longestBytes = end - from;
    rows.number(number);
    rows.byte(separatorByte);
    rows.bytes(raw, from, end);
    rows.byte(10);
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}
