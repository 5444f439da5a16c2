import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ownServerDir } from '../entry-point.ts';

/**
 * The folder of bundles that fit the sources of this checkout (tools/build-server.mjs). A packaged product brings its
 * own. Null where nothing can be built: processes then start through the loader.
 */
export async function serverBundle(rootDir: string): Promise<string | null> {
  const own = ownServerDir();
  if (own !== null) return own;
  const tool = pathToFileURL(path.join(rootDir, 'tools', 'build-server.mjs')).href;
  const { ensureServer }: { ensureServer: () => Promise<string | null> } = await import(tool);
  return ensureServer();
}
