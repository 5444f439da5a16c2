import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isAbsent } from '../../../domain/words/is-absent.ts';
import { isPerennialError, PerennialError } from '../../../domain/words/errors.ts';

/** Code is small; what is larger is data, or an environment that a lock file names better. */
const filesMax = 5_000;
/** Folders that are walked; links are not. */
const foldersMax = 5_000;
const bytesMax = 256 * 1024 * 1024;
/** Made by tools, and found again from what is counted. */
const passedOver = new Set([
  '.git',
  '.venv',
  'venv',
  'node_modules',
  '__pycache__',
  '.ipynb_checkpoints',
  '.mypy_cache',
]);

/**
 * SHA-256 over the names and contents of the files of a folder, in the order of their names; folders that tools make
 * (`.venv`, `node_modules`, `__pycache__` and such) and links are left out. Null for a folder of more than 5,000 files,
 * as many folders, or 256 MiB.
 */
export async function digestFolder(folder: string): Promise<string | null> {
  const files: { readonly name: string; readonly bytes: number }[] = [];
  const waiting = [''];
  let folders = 0;
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (++folders > foldersMax) return null;
    // oxlint-disable-next-line no-await-in-loop -- one folder at a time
    for (const entry of await readdir(join(folder, place), { withFileTypes: true })) {
      const name = place === '' ? entry.name : `${place}/${entry.name}`;
      if (entry.isDirectory() && !passedOver.has(entry.name)) waiting.push(name);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (entry.isFile()) files.push({ name, bytes: (await lstat(join(folder, name))).size });
      if (files.length > filesMax) return null;
    }
  }
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > bytesMax) return null;
  const hash = createHash('sha256');
  for (const { name, bytes } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0${bytes}\0`);
    // oxlint-disable-next-line no-await-in-loop -- one order
    await addFile(hash, join(folder, name));
  }
  return `sha256:${hash.digest('hex')}`;
}

/**
 * SHA-256 of one file of the folder, which is a path without links. Throws `invalid_data` for one that is not there,
 * that a link leads out of the folder to, or that is no file of 256 MiB at most.
 */
export async function digestFile(folder: string, name: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const file = await realpath(join(folder, name));
    if (!file.startsWith(`${folder}${sep}`)) throw refused(name, 'leads out of its folder');
    const found = await stat(file);
    if (!found.isFile() || found.size > bytesMax)
      throw refused(name, `is no file of at most ${bytesMax / 1024 ** 2} MiB`);
    await addFile(hash, file);
  } catch (error) {
    if (isPerennialError(error)) throw error;
    throw refused(name, isAbsent(error) ? 'is not there' : 'cannot be read');
  }
  return `sha256:${hash.digest('hex')}`;
}

function refused(name: string, why: string): PerennialError {
  return new PerennialError('invalid_data', `The lock file ${JSON.stringify(name)} of the trainer ${why}.`, {
    path: 'trainer.lock',
    hint: 'Name a file in the folder of the trainer.',
  });
}

async function addFile(hash: Hash, file: string): Promise<void> {
  await pipeline(createReadStream(file), async (chunks) => {
    for await (const chunk of chunks) hash.update(chunk);
  });
}
