import type { Compression, DataFormat, TextEncoding } from '../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { firstBytes } from '../text/byte-source.ts';
import { countEncoding, isBinary, isWindows1252, markedEncoding, unmarkedUtf16 } from '../text/find-encoding.ts';
import { planCsv } from '../text/plan-csv.ts';
import { jsonShape } from './json-lines.ts';
import { readStart, sizeOf } from './size-of.ts';
import type { TableFile } from './table-file.ts';

export interface DetectOptions {
  /** The format that was declared; another one is refused. */
  readonly expected?: DataFormat | undefined;
  /** The encoding that was declared; a byte order mark in the file wins. */
  readonly encoding?: TextEncoding | undefined;
  /** What messages call the file, and whose ending counts (default: the path). */
  readonly name?: string | undefined;
}

const sampleBytesMax = 1_048_576;

/**
 * What kind of table a file is, by content first and extension second. Throws invalid_data with one sentence when the
 * file is missing, empty, a folder, another kind of file, or (with `expected`) of another format than declared.
 */
export async function detectTable(path: string, options: DetectOptions = {}): Promise<TableFile> {
  const { expected, name = path } = options;
  const bytes = await sizeOf({ path, name });
  const start = await readStart({ path, name }, 4);
  const compression = compressionOf(start);
  const file = { path, name, compression, bytes };
  const known = (format: DataFormat, more: Pick<TableFile, 'encoding' | 'isEncodingSure' | 'plans'>): TableFile =>
    checked({ ...file, format, ...more }, expected);
  if (start.toString('latin1') === 'PAR1')
    return known('parquet', { encoding: 'utf-8', isEncodingSure: true, plans: [] });
  if (/\.parquet$/i.test(name)) throw refusal(name, 'is called .parquet but is not a Parquet file');
  const sample = await firstBytes(file, sampleBytesMax);
  const found = encodingOf(sample.bytes, options.encoding);
  if (found.encoding === 'utf-8' && isBinary(sample.bytes)) {
    throw refusal(
      name,
      'is a binary file',
      'Use CSV, NDJSON or Parquet (CSV and NDJSON may be packed with gzip or zstd); export a spreadsheet as CSV first.',
    );
  }
  const utf8 = utf8Of(sample.bytes, found.encoding);
  const text = utf8.toString('utf8');
  if (text.trim() === '') throw refusal(name, 'is empty');
  const shape = jsonShape(text);
  if (shape === 'lines') return known('ndjson', { ...found, plans: [] });
  if (shape !== null) {
    throw refusal(
      name,
      shape === 'list' ? 'is one JSON list' : 'holds JSON objects that take several lines',
      `Write one JSON object per line (NDJSON), for example with \`jq -c ${shape === 'list' ? '.[]' : '.'}\`.`,
    );
  }
  if (/\.(ndjson|jsonl)(\.gz|\.zst)?$/i.test(name)) throw refusal(name, 'does not begin with a JSON object');
  return known('csv', { ...found, plans: planCsv(name, utf8, sample.isWhole) });
}

function compressionOf(start: Buffer): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : 'none';
}

function encodingOf(
  sample: Buffer,
  declared: TextEncoding | undefined,
): { readonly encoding: TextEncoding; readonly isEncodingSure: boolean } {
  const marked = markedEncoding(sample);
  const sure = marked ?? declared ?? unmarkedUtf16(sample);
  if (sure !== null) return { encoding: sure, isEncodingSure: true };
  return { encoding: isWindows1252(countEncoding(sample)) ? 'windows-1252' : 'utf-8', isEncodingSure: false };
}

/** The sample as the reader will see it, without a byte order mark. */
export function utf8Of(sample: Buffer, encoding: TextEncoding): Buffer {
  if (encoding !== 'utf-8') return Buffer.from(new TextDecoder(encoding).decode(sample, { stream: true }));
  return markedEncoding(sample) === 'utf-8' ? sample.subarray(3) : sample;
}

function checked(table: TableFile, expected: DataFormat | undefined): TableFile {
  if (expected === undefined || expected === table.format) return table;
  throw refusal(table.name, `is ${table.format}, not ${expected} as declared`, 'Correct `source.format`.');
}

function refusal(name: string, reason: string, hint?: string): PerennialError {
  return new PerennialError('invalid_data', `${name} ${reason}`, {
    path: name,
    ...(hint === undefined ? {} : { hint }),
  });
}
