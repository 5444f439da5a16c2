import { readFile, rename, writeFile } from 'node:fs/promises';

/** Replaced as a whole: who finds the file finds all of it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, JSON.stringify(value));
  await rename(temporary, path);
}

/** What an earlier step wrote; its shape is that step's promise. */
export async function readJson<Value>(path: string): Promise<Value> {
  const value: Value = JSON.parse(await readFile(path, 'utf8'));
  return value;
}
