import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Answers of a trial to the validation rows, row-major, in a file that is replaced as a whole. */
export async function keepAnswers(file: string, answers: Float64Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, new Uint8Array(answers.buffer, answers.byteOffset, answers.byteLength));
  await rename(temporary, file);
}

/** Null where they are not there, or not as many: whoever asks fits the trial again, and gets the same. */
export async function readAnswers(file: string, count: number): Promise<Float64Array | null> {
  try {
    const bytes = await readFile(file);
    if (bytes.length !== count * Float64Array.BYTES_PER_ELEMENT) return null;
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  } catch {
    return null;
  }
}
