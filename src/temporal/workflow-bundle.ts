import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { removeOldEntries } from '../artifacts/remove-old-entries.ts';
import type { Config } from '../config.ts';
import { PerennialError } from '../domain/words/errors.ts';

/**
 * The workflow bundle, built once per state of the code (bundling costs two seconds at every start otherwise). Named by
 * the digest of everything that goes in: workflows, domain, and the exact SDK. A packaged product brings it beside its
 * processes. In front of it stands where our pages are, for the links in current details (workflows/base/pages.ts).
 */
export async function workflowBundle(
  config: Pick<Config, 'rootDir' | 'stateDir' | 'controlUrl'>,
  packagedDir: string | null,
): Promise<{ readonly code: string }> {
  const packaged = packagedDir === null ? null : path.join(packagedDir, await nameOf(config.rootDir));
  const file =
    packaged !== null && (await isThere(packaged))
      ? packaged
      : await bundledElsewhere(config.rootDir, path.join(config.stateDir, 'build'));
  const code = await readFile(file, 'utf8');
  // On the same line, so that the source map stays right.
  return { code: `globalThis.perennialPages=${JSON.stringify(config.controlUrl)};${code}` };
}

const bundlingLimitMs = 120_000;
/** A bundle of other code is kept for whoever goes back a release: a week. */
const otherBundleMs = 7 * 86_400_000;

/** By a process that ends when it is done: the bundler would keep 130 MB for as long as the worker runs. */
async function bundledElsewhere(rootDir: string, folder: string): Promise<string> {
  const name = await nameOf(rootDir);
  await removeOldEntries(folder, {
    ageMs: otherBundleMs,
    isOurs: (other) => other.startsWith('workflows-') && other !== name,
  });
  const file = path.join(folder, name);
  if (await isThere(file)) return file;
  const tool = path.join(rootDir, 'tools', 'build-workflows.mjs');
  try {
    await promisify(execFile)(process.execPath, [tool, folder], { timeout: bundlingLimitMs });
  } catch (cause) {
    throw new PerennialError('unavailable', 'The workflows could not be bundled, so this worker cannot start.', {
      path: tool,
      hint: 'Run it by hand to see why; a package or an image brings the bundle in dist/server.',
      cause,
    });
  }
  return file;
}

/** Bundles the workflows of `rootDir` into a folder, unless this state of them is there. Returns the file. */
export async function bundleWorkflows(rootDir: string, folder: string): Promise<string> {
  const file = path.join(folder, await nameOf(rootDir));
  if (await isThere(file)) return file;
  // Loaded only now: the bundler is large, and most starts find what an earlier one has built.
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  await mkdir(folder, { recursive: true });
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(rootDir, 'workflows', 'index.ts'),
    payloadConverterPath: path.join(rootDir, 'workflows', 'base', 'payload-converter.ts'),
    logger: silent,
  });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, code);
  await rename(temporary, file);
  return file;
}

/**
 * Of all folders, however deep: a bundle that is found under a stale digest would run code that is gone. Tests do not
 * count: a packaged product is without them and must find the bundle that a checkout made.
 */
export async function codeDigest(rootDir: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(path.join(rootDir, 'package.json')));
  for (const folder of ['workflows', 'src/domain', 'src/statistics']) {
    const names = (await readdir(path.join(rootDir, folder), { recursive: true }))
      .filter((name) => name.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(name))
      .sort();
    for (const name of names)
      hash.update(`${folder}/${name}\0`).update(await readFile(path.join(rootDir, folder, name)));
  }
  return hash.digest('hex').slice(0, 24);
}

async function nameOf(rootDir: string): Promise<string> {
  return `workflows-${await codeDigest(rootDir)}.js`;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

const quiet = (): void => undefined;
const silent = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
