import { open, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PerennialError } from '../../domain/words/errors.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';

const sampleBytesMax = 1_048_576;

/** A file on this disk, and what messages call it. */
interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** Throws invalid_data with one sentence when there is no file that could be a table. */
export async function sizeOf({ path, name }: NamedFile): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new PerennialError('invalid_data', `${name} is a folder`, {
        path: name,
        hint: 'Name one CSV, NDJSON or Parquet file.',
      });
    if (found.size === 0) throw new PerennialError('invalid_data', `${name} is empty`, { path: name });
    return found.size;
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = isAbsent(error) ? 'there is no file' : code === 'EACCES' ? 'no permission to read' : 'cannot read';
    throw new PerennialError('invalid_data', `${reason} ${name}`, {
      path: name,
      hint: 'Check the path; it is relative to the folder the command was started in.',
      cause: error,
    });
  }
}

export async function readStart({ path, name }: NamedFile, bytesMax: number): Promise<Buffer> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new PerennialError('invalid_data', `no permission to read ${name}`, { path: name, cause });
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

/** The start of the text, unpacked where it has to be. */
export function readSample(file: NamedFile, isGzip: boolean): Promise<Buffer> {
  return isGzip ? gunzipStart(file) : readStart(file, sampleBytesMax);
}

/** Whether a sample is all there is. */
export function isWholeSample(sample: Buffer): boolean {
  return sample.length < sampleBytesMax;
}

async function gunzipStart({ path, name }: NamedFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const source = createReadStream(path);
  // Not `pipe`, which passes on no error of the file: nobody would hear it, and it would end the process.
  const unpacked = pipeline(source, createGunzip(), () => undefined);
  try {
    for await (const chunk of unpacked) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      length += chunk.length;
      if (length >= sampleBytesMax) break;
    }
  } catch (cause) {
    throw new PerennialError('invalid_data', `${name} is a damaged gzip file`, { path: name, cause });
  } finally {
    source.destroy();
  }
  return Buffer.concat(chunks).subarray(0, sampleBytesMax);
}

/** Rejects what is not UTF-8 text. Bad bytes in later rows are not refused here: those rows go to quarantine. */
export function decodeStart(name: string, sample: Buffer, isWhole: boolean): string {
  const isUtf16 = (sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff);
  if (isUtf16)
    throw new PerennialError('invalid_data', `${name} is UTF-16 text`, { path: name, hint: 'Save it as UTF-8.' });
  if (sample.includes(0)) {
    throw new PerennialError('invalid_data', `${name} is a binary file`, {
      path: name,
      hint: 'Use CSV, NDJSON or Parquet (CSV and NDJSON may be gzipped); export a spreadsheet as CSV first.',
    });
  }
  const text = new TextDecoder('utf-8').decode(sample, { stream: !isWhole });
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  if (firstLine.includes('\ufffd'))
    throw new PerennialError('invalid_data', `the first line of ${name} is not UTF-8 text`, {
      path: name,
      hint: 'Save the file as UTF-8.',
    });
  return text;
}
