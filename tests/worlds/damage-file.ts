import { readFile, writeFile } from 'node:fs/promises';

/** Changes one byte in the middle: the file is as long as before. */
export async function damageFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(path, bytes);
}
