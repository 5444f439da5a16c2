import { serverBundle } from '../../src/stack/server-bundle.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-bundle.ts';
import { rootDir } from '../../src/config.ts';

/** Builds what processes start from once; a worker in a folder of its own would otherwise bundle the workflows anew. */
export async function setup(): Promise<void> {
  const folder = await serverBundle(rootDir);
  if (folder !== null) await bundleWorkflows(rootDir, folder);
}
