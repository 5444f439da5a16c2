import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskSplit } from './task-rows.ts';

/** As peer_tasks.py reads it: labels as float64, numbers as float32, codes as 16 bits, column after column. */
export async function writeSplit(folder: string, { rows, training, validation }: TaskSplit): Promise<void> {
  const { task, classes, numbers, codes, labels } = rows;
  const values = codes.map((column) => column.reduce((most, code) => Math.max(most, code), 0));
  const shape = { task, classes, rows: labels.length, training, validation, numbers: numbers.length, values };
  await writeFile(join(folder, 'rows.json'), JSON.stringify(shape));
  const bytes = [labels, ...numbers, ...codes].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  await writeFile(join(folder, 'rows.bin'), Buffer.concat(bytes));
}

/** Row-major answers of a peer to the test rows. */
export async function readPeer(folder: string, peer: string): Promise<Float64Array> {
  const file = await readFile(join(folder, `${peer}.f64`));
  return new Float64Array(new Uint8Array(file).buffer);
}
