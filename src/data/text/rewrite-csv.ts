import { isAscii, isUtf8 } from 'node:buffer';
import type { CsvPlan } from './plan-csv.ts';
import { recordScanner } from './scan-record.ts';
import { stopsOf, type ScanStops } from './resume/scan-state.ts';
import { recordSorter, type CsvTally } from './sort-record.ts';
import { endOfLine, isLineEnd, linesIn, recordBytesMax, textBlocks } from './text-blocks.ts';
import type { TextWriter } from './text-writer.ts';

export interface RewriteOptions {
  /** Stop behind so many rows; null reads all. */
  readonly rowsMax: number | null;
  readonly rows: TextWriter;
  readonly rejects: TextWriter;
  /** Where it goes on, and who hears how far it has come; absent goes through at once. */
  readonly stops?: ScanStops | undefined;
}

/**
 * One pass over the text of a CSV file: every row of the planned width is written with its physical line before it, in
 * marks that no reader can take otherwise; everything else is set aside or counted. Memory is bounded by the longest
 * row, at most 16 MiB.
 */
export async function rewriteCsv(
  source: AsyncIterator<Buffer>,
  plan: CsvPlan,
  { rowsMax, rows, rejects, stops }: RewriteOptions,
): Promise<CsvTally> {
  const before = stops?.from ?? null;
  const { record, traits, scan } = recordScanner(plan.marks, before?.csv?.traits);
  const sorter = recordSorter(plan, record, rows, rejects, before);
  const { account, marks } = sorter.tally;
  if (before?.isDone === true) return { ...sorter.tally, traits };
  const { isDue, stop } = stopsOf(stops, sorter.tally, () => ({ header: sorter.header(), marks, traits }));
  const blocks = textBlocks(source);
  let line = before?.line ?? plan.headerLine;
  let isPassing = false;
  let isLineOpen = before?.isLineOpen ?? false;
  let at = before === null ? plan.headerFrom : 0;
  while (blocks.bytes.length < at && !blocks.isLast) await blocks.more(0);
  if (before === null) account.lines = linesIn(blocks.bytes, 0, at);
  for (;;) {
    const { bytes, isLast } = blocks;
    const blockFrom = at;
    const whole = bytes.subarray(at, bytes.lastIndexOf(10) + 1);
    const isAllAscii = isAscii(whole);
    const block = {
      bytes,
      asciiTo: isAllAscii ? at + whole.length : at,
      utf8To: isAllAscii || isUtf8(whole) ? at + whole.length : at,
      mayHoldNul: bytes.includes(0, at),
    };
    while (at < bytes.length && account.rows !== rowsMax && !isDue()) {
      if (isPassing) {
        const end = endOfLine(bytes, at, isLast);
        isPassing = end < 0;
        at = end < 0 ? bytes.length : end;
        if (isPassing) break;
        line++;
      } else if (scan(bytes, at, bytes.length, isLast) && record.next - at <= recordBytesMax) {
        const lines = sorter.sort(block, at, line);
        at = record.next;
        line += lines;
      } else if (bytes.length - at <= recordBytesMax) break;
      else {
        // A quote that does not close within the limit spoils its own line; a line that is longer is passed over.
        const end = endOfLine(bytes.subarray(0, at + recordBytesMax), at, false);
        isPassing = end < 0;
        sorter.reject(isPassing ? 'row.length' : 'row.quote', line, bytes.subarray(at, isPassing ? at + 1_000 : end));
        if (isPassing) continue;
        at = end;
        line++;
      }
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
  // A last line without a line end is a line as well.
  if (isLineOpen) account.lines++;
  await stop({ rest: blocks.bytes.subarray(at), line, isLineOpen, isDone: true });
  return { ...sorter.tally, traits };
}
