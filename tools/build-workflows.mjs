// Bundles the workflows as a worker runs them.
//   node tools/build-workflows.mjs FOLDER
// Writes FOLDER/workflows-<digest of the code>.js, unless it is there, and prints its path.
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

const rootDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Bundles the workflows of this checkout into a folder. Returns the file. */
export async function buildWorkflows(folder) {
  register();
  const { bundleWorkflows } = await import('../src/temporal/workflow-bundle.ts');
  return bundleWorkflows(rootDir, folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    process.stderr.write('error: name the folder that the bundle goes into.\n');
    process.exit(2);
  }
  process.stdout.write(`${await buildWorkflows(path.resolve(folder))}\n`);
}
