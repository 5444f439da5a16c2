import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '../../src/config.ts';

const roots = ['src', 'activities', 'workflows', 'simulator', 'models', 'bench', 'tools', 'bin'];

/** A file of the product, its benches and its tools; no test. */
export interface Source {
  /** From the root. */
  readonly file: string;
  /** Without its comments. */
  readonly code: string;
}

/** Every source, for tests that hold "this is done in one place alone". */
export function readSources(): readonly Source[] {
  return roots.flatMap((root) =>
    readdirSync(path.join(rootDir, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:tsx?|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name))
      .map((name) => path.posix.join(root, name))
      .map((file) => ({ file, code: withoutComments(readFileSync(path.join(rootDir, file), 'utf8')) })),
  );
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
