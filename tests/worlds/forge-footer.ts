import { readFile, writeFile } from 'node:fs/promises';

/** Writes other bytes over those of the footer of a Parquet file wherever they stand; answers how often that was. */
export async function forge(path: string, truth: Buffer, lie: Buffer): Promise<number> {
  const bytes = await readFile(path);
  const footer = bytes.subarray(bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8));
  let places = 0;
  for (let at = footer.indexOf(truth); at >= 0; at = footer.indexOf(truth, at + 1), places++) lie.copy(footer, at);
  await writeFile(path, bytes);
  return places;
}

/** A whole number as a footer has it: least byte first. */
export function footerNumber(value: number, bytes: number): Buffer {
  const whole = Buffer.alloc(8);
  whole.writeBigInt64LE(BigInt(value));
  return whole.subarray(0, bytes);
}
