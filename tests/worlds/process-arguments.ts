import { rootDir } from '../../src/config.ts';
import { startArguments, type EntryPoint } from '../../src/entry-point.ts';
import { serverBundle } from '../../src/stack/server-bundle.ts';

/** The arguments of Node that start one of our processes as the packaged product does: from a bundle, not a loader. */
export async function processArguments(name: EntryPoint): Promise<readonly string[]> {
  return startArguments(name, await serverBundle(rootDir));
}
