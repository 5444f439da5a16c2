import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Config } from '../config.ts';

/**
 * The workflow bundle, built once per state of the code (bundling costs two seconds at every start otherwise). Named by
 * the digest of everything that goes in: workflows, domain, and the exact SDK. In front of it stands where our pages
 * are, for the links in current details (workflows/pages.ts).
 */
export async function workflowBundle(
  config: Pick<Config, 'rootDir' | 'stateDir' | 'controlUrl'>,
): Promise<{ readonly code: string }> {
  const code = await readFile(await bundledCode(config), 'utf8');
  // On the same line, so that the source map stays right.
  return { code: `globalThis.perennialPages=${JSON.stringify(config.controlUrl)};${code}` };
}

async function bundledCode(config: Pick<Config, 'rootDir' | 'stateDir'>): Promise<string> {
  const folder = path.join(config.stateDir, 'build');
  const codePath = path.join(folder, `workflows-${await codeDigest(config.rootDir)}.js`);
  if (await exists(codePath)) return codePath;
  await mkdir(folder, { recursive: true });
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(config.rootDir, 'workflows', 'index.ts'),
    logger: silent,
  });
  const temporary = `${codePath}.${process.pid}`;
  await writeFile(temporary, code);
  await rename(temporary, codePath);
  return codePath;
}

/** Of all folders, however deep: a bundle that is found under a stale digest would run code that is gone. */
export async function codeDigest(rootDir: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(path.join(rootDir, 'package-lock.json')));
  for (const folder of ['workflows', 'src/domain', 'src/statistics']) {
    const names = (await readdir(path.join(rootDir, folder), { recursive: true }))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .sort();
    for (const name of names)
      hash.update(`${folder}/${name}\0`).update(await readFile(path.join(rootDir, folder, name)));
  }
  return hash.digest('hex').slice(0, 24);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

const quiet = (): void => undefined;
const silent = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
