import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { PerennialError } from '../../domain/words/errors.ts';

/** Rows of one request. */
export interface Chunk {
  /** One JSON object each, as it stands in the file. */
  readonly lines: readonly string[];
  /** Of each row, from 1; blank lines count. */
  readonly lineNumbers: readonly number[];
  readonly firstLine: number;
}

/**
 * The lines of a file of JSON objects in chunks that fit into one request. The same file is cut the same way each time.
 * Throws `invalid_data`, naming the line, for what is no object.
 */
export async function* chunksOf(
  input: Readable,
  { bytesMax, rowsMax }: { readonly bytesMax: number; readonly rowsMax: number },
): AsyncGenerator<Chunk> {
  let lines: string[] = [];
  let lineNumbers: number[] = [];
  let bytes = 0;
  let number = 0;
  const chunk = (): Chunk => ({ lines, lineNumbers, firstLine: lineNumbers[0] ?? number });
  for await (const raw of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    const line = (number === 1 ? raw.replace(/^\ufeff/, '') : raw).trim();
    if (line === '') continue;
    refuseOther(line, number);
    const size = Buffer.byteLength(line) + 1;
    if (size > bytesMax)
      throw new PerennialError('too_large', `Line ${number} is larger than a request may be.`, {
        path: `line ${number}`,
      });
    if (lines.length > 0 && (bytes + size > bytesMax || lines.length >= rowsMax)) {
      yield chunk();
      [lines, lineNumbers, bytes] = [[], [], 0];
    }
    lines.push(line);
    lineNumbers.push(number);
    bytes += size;
  }
  if (lines.length > 0) yield chunk();
}

/** Without the parser's own sentence, which quotes what it read. */
function refuseOther(line: string, number: number): void {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  } catch {
    // Said below.
  }
  throw new PerennialError('invalid_data', `Line ${number} is not a JSON object.`, {
    path: `line ${number}`,
    hint: 'Write one row per line: {"amount": 12.5, "country": "SE"}.',
  });
}
