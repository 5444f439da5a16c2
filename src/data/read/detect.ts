import { open, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { PerennialError } from '../../domain/words/errors.ts';
import type { DataFormat } from '../../domain/spec/spec.ts';
import { sniffCsv, type CsvDialect } from './sniff-csv.ts';

/** A file that is known to be a table, and how to read it. */
export interface TableFile {
  readonly path: string;
  readonly format: DataFormat;
  readonly isGzip: boolean;
  readonly bytes: number;
  /** For CSV only. */
  readonly csv: CsvDialect | null;
}

const sampleBytesMax = 1_048_576;

/**
 * What kind of table a file is, by content first and extension second. Throws invalid_data with one sentence when the
 * file is missing, empty, a folder, another kind of file, or (with `expected`) of another format than declared.
 */
export async function detectTable(path: string, expected?: DataFormat): Promise<TableFile> {
  const bytes = await sizeOf(path);
  const start = await readStart(path, 4);
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  if (start.toString('latin1') === 'PAR1')
    return checked({ path, format: 'parquet', isGzip: false, bytes, csv: null }, expected);
  if (/\.parquet$/i.test(path))
    throw new PerennialError('invalid_data', `${path} is called .parquet but is not a Parquet file`, { path });
  const sample = isGzip ? await gunzipStart(path) : await readStart(path, sampleBytesMax);
  const isWhole = sample.length < sampleBytesMax;
  const text = decode(path, sample, isWhole);
  if (text.trim() === '') throw new PerennialError('invalid_data', `${path} is empty`, { path });
  const firstCharacter = text.trimStart()[0];
  if (firstCharacter === '[') {
    throw new PerennialError('invalid_data', `${path} is one JSON list`, {
      path,
      hint: 'Write one JSON object per line (NDJSON), for example with `jq -c .[]`.',
    });
  }
  if (firstCharacter === '{') return checked({ path, format: 'ndjson', isGzip, bytes, csv: null }, expected);
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path))
    throw new PerennialError('invalid_data', `${path} does not begin with a JSON object`, { path });
  return checked({ path, format: 'csv', isGzip, bytes, csv: sniffCsv(path, text, isWhole) }, expected);
}

function checked(table: TableFile, expected: DataFormat | undefined): TableFile {
  if (expected === undefined || expected === table.format) return table;
  throw new PerennialError('invalid_data', `${table.path} is ${table.format}, not ${expected} as declared`, {
    path: table.path,
    hint: 'Correct `source.format`.',
  });
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new PerennialError('invalid_data', `${path} is a folder`, {
        path,
        hint: 'Name one CSV, NDJSON or Parquet file.',
      });
    if (found.size === 0) throw new PerennialError('invalid_data', `${path} is empty`, { path });
    return found.size;
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'there is no file'
        : code === 'EACCES'
          ? 'no permission to read'
          : 'cannot read';
    throw new PerennialError('invalid_data', `${reason} ${path}`, {
      path,
      hint: 'Check the path; it is relative to the folder the command was started in.',
      cause: error,
    });
  }
}

async function readStart(path: string, bytesMax: number): Promise<Buffer> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new PerennialError('invalid_data', `no permission to read ${path}`, { path, cause });
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

async function gunzipStart(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const source = createReadStream(path);
  try {
    for await (const chunk of source.pipe(createGunzip())) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      length += chunk.length;
      if (length >= sampleBytesMax) break;
    }
  } catch (cause) {
    throw new PerennialError('invalid_data', `${path} is a damaged gzip file`, { path, cause });
  } finally {
    source.destroy();
  }
  return Buffer.concat(chunks).subarray(0, sampleBytesMax);
}

/** Rejects what is not UTF-8 text. Bad bytes in later rows are not refused here: those rows go to quarantine. */
function decode(path: string, sample: Buffer, isWhole: boolean): string {
  const isUtf16 = (sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff);
  if (isUtf16) throw new PerennialError('invalid_data', `${path} is UTF-16 text`, { path, hint: 'Save it as UTF-8.' });
  if (sample.includes(0)) {
    throw new PerennialError('invalid_data', `${path} is a binary file`, {
      path,
      hint: 'Use CSV, NDJSON or Parquet (CSV and NDJSON may be gzipped); export a spreadsheet as CSV first.',
    });
  }
  const text = new TextDecoder('utf-8').decode(sample, { stream: !isWhole });
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  if (firstLine.includes('\ufffd'))
    throw new PerennialError('invalid_data', `the first line of ${path} is not UTF-8 text`, {
      path,
      hint: 'Save the file as UTF-8.',
    });
  return text;
}
