import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../interface.ts';

/** A checkpoint as one JSON file, replaced as a whole so that a kill leaves the old one or the new one. */
export function checkpointFile(folder: string, name: string): Checkpoint {
  const path = join(folder, `${name}.json`);
  return {
    async load() {
      try {
        return JSON.parse(await readFile(path, 'utf8'));
      } catch {
        // Absent or cut short: the fit starts again and gives the same model.
        return null;
      }
    },
    async save(state) {
      await mkdir(folder, { recursive: true });
      const temporary = `${path}.${process.pid}.tmp`;
      await writeFile(temporary, JSON.stringify(state));
      await rename(temporary, path);
    },
  };
}
