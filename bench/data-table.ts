import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { withDuck } from '../src/data/duck/connect.ts';
import { literal } from '../src/data/duck/sql.ts';
import type { DataFormat } from '../src/domain/spec/closed-sets.ts';

export const numbers = Array.from({ length: 12 }, (_, index) => `number_${index + 1}`);
export const categories = Array.from({ length: 5 }, (_, index) => `word_${index + 1}`);
export const words = ['red', 'green', 'blue', 'white', 'black'];
export const formats: readonly DataFormat[] = ['csv', 'parquet', 'ndjson'];
/** How the engine reads a file by its own idea of the types. */
export const readers: Record<DataFormat, (file: string) => string> = {
  csv: (file) => `read_csv(${file}, types = {'won': 'VARCHAR'})`,
  parquet: (file) => `read_parquet(${file})`,
  ndjson: (file) => `read_ndjson(${file})`,
};

/** The same bytes for the same number of rows; one cell in fifty is missing. */
export async function writeCsv(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  out.write(`at,${[...numbers, ...categories].join(',')},flag,won\n`);
  let block: string[] = [];
  for (let row = 0; row < rows; row++) {
    const cells = [new Date(1.7e12 + row * 1_000).toISOString()];
    for (let i = 0; i < numbers.length; i++) cells.push(random() < 0.02 ? '' : (random() * 1_000).toFixed(2));
    for (let i = 0; i < categories.length; i++) cells.push(words[Math.floor(random() * words.length)] ?? '');
    cells.push(random() < 0.5 ? 'true' : 'false', random() < 0.3 ? 'yes' : 'no');
    block.push(cells.join(','));
    if (block.length < 5_000 && row + 1 < rows) continue;
    // oxlint-disable-next-line no-await-in-loop -- no more is made than the disk takes
    if (!out.write(`${block.join('\n')}\n`)) await once(out, 'drain');
    block = [];
  }
  out.end();
  await once(out, 'close');
}

export async function fileOf(csv: string, format: DataFormat): Promise<string> {
  if (format === 'csv') return csv;
  const file = csv.replace(/csv$/, format);
  const options = format === 'parquet' ? '(FORMAT parquet, COMPRESSION zstd)' : '(FORMAT json)';
  await withDuck({}, (duck) =>
    duck.run(`COPY (FROM read_csv(${literal(csv)}, types = {'won': 'VARCHAR'})) TO ${literal(file)} ${options}`),
  );
  return file;
}
