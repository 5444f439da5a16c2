import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { arch, platform } from 'node:process';

/** What decides how data becomes a model; the rest of the program cannot change a trained file. */
const rooms = ['statistics', 'domain', 'data', 'onnx', 'trainers'] as const;

export interface CodeIdentity {
  /** First 16 hex digits of the SHA-256 over the files of the rooms that train, tests left out. */
  readonly digest: string;
  readonly node: string;
  readonly platform: string;
}

let known: CodeIdentity | null = null;

/**
 * Names the training code of this process, so that two versions can be told apart that differ in nothing else. Read
 * once.
 */
export function codeIdentity(): CodeIdentity {
  if (known !== null) return known;
  const hash = createHash('sha256');
  for (const room of rooms) {
    const folder = path.join(import.meta.dirname, '..', '..', 'src', room);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name) && !/\.(test|d)\./.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted();
    for (const file of files)
      hash
        .update(`${path.relative(folder, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  known = { digest: hash.digest('hex').slice(0, 16), node: process.version, platform: `${platform}-${arch}` };
  return known;
}
