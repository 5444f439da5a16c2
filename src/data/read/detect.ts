import { PerennialError } from '../../domain/words/errors.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { decodeStart, isWholeSample, readSample, readStart, sizeOf } from './read-start.ts';
import { sniffCsv } from './sniff-csv.ts';
import type { TableFile } from './table-file.ts';

interface DetectOptions {
  /** The format that was declared; another one is refused. */
  readonly expected?: DataFormat | undefined;
  /** What messages call the file, and whose ending counts (default: the path). */
  readonly name?: string | undefined;
}

/**
 * What kind of table a file is, by content first and extension second. Throws invalid_data with one sentence when the
 * file is missing, empty, a folder, another kind of file, or (with `expected`) of another format than declared.
 */
export async function detectTable(path: string, options: DetectOptions = {}): Promise<TableFile> {
  const { expected, name = path } = options;
  const file = { path, name };
  const bytes = await sizeOf(file);
  const start = await readStart(file, 4);
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const known = (format: DataFormat): TableFile => checked({ ...file, format, isGzip, bytes, csv: null }, expected);
  if (start.toString('latin1') === 'PAR1') return known('parquet');
  if (/\.parquet$/i.test(name)) throw refusal(name, 'is called .parquet but is not a Parquet file');
  const sample = await readSample(file, isGzip);
  const isWhole = isWholeSample(sample);
  const text = decodeStart(name, sample, isWhole);
  if (text.trim() === '') throw refusal(name, 'is empty');
  const firstCharacter = text.trimStart()[0];
  if (firstCharacter === '[')
    throw refusal(name, 'is one JSON list', 'Write one JSON object per line (NDJSON), for example with `jq -c .[]`.');
  if (firstCharacter === '{') return known('ndjson');
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(name)) throw refusal(name, 'does not begin with a JSON object');
  return checked({ ...file, format: 'csv', isGzip, bytes, csv: sniffCsv(name, text, isWhole) }, expected);
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
