import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ownServerDir } from '../entry-point.ts';

const inputsSchema = z.record(z.string(), z.string());

/**
 * The folder of bundles that fit the sources of this checkout, built first where they do not (half a second). A
 * packaged product brings its own. Null where nothing can be built: processes then start through the loader.
 */
export async function serverBundle(rootDir: string): Promise<string | null> {
  const own = ownServerDir();
  if (own !== null) return own;
  const folder = path.join(rootDir, 'dist', 'server');
  if (await isFresh(rootDir, folder)) return folder;
  return build(rootDir).catch(() => null);
}

/** True when every file that went into the bundles is as it was; a new file comes in by an import in one of them. */
async function isFresh(rootDir: string, folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, 'inputs.json'), 'utf8').catch(() => null);
  if (text === null) return false;
  const inputs = Object.entries(inputsSchema.parse(JSON.parse(text)));
  const states = await Promise.all(
    inputs.map(async ([name, digest]) => {
      const content = await readFile(path.join(rootDir, name)).catch(() => null);
      return content !== null && createHash('sha256').update(content).digest('hex').slice(0, 16) === digest;
    }),
  );
  return states.every(Boolean);
}

async function build(rootDir: string): Promise<string> {
  const tool = pathToFileURL(path.join(rootDir, 'tools', 'build-server.mjs')).href;
  const { buildServer }: { buildServer: () => Promise<string> } = await import(tool);
  return buildServer();
}
