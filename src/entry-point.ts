import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rootDir } from './config.ts';

/** Our processes, each with a file `src/<name>.ts` and, once built, a bundle `dist/server/<name>.js`. */
export type EntryPoint =
  | 'main-cli'
  | 'main-command'
  | 'main-control'
  | 'main-import'
  | 'main-inference'
  | 'main-model'
  | 'main-sample'
  | 'main-train'
  | 'main-worker';

declare global {
  /** The folder of the bundle that this process runs from, as a URL; bundles set it before anything else runs. */
  // oxlint-disable-next-line no-var -- a global needs it
  var perennialServerDir: string | undefined;
}

/** Where the bundle of this very process lies; null when it runs from its sources through a loader. */
export function ownServerDir(): string | null {
  return globalThis.perennialServerDir === undefined ? null : fileURLToPath(globalThis.perennialServerDir);
}

/**
 * The arguments of Node that start one of our processes: from the bundle in `serverDir`, and without one from its
 * sources through a loader.
 */
export function startArguments(name: EntryPoint, serverDir: string | null = ownServerDir()): readonly string[] {
  if (serverDir !== null) return ['--enable-source-maps', path.join(serverDir, `${name}.js`)];
  return [...loaderArguments(), path.join(rootDir, 'src', `${name}.ts`)];
}

/** The arguments of Node that make it read TypeScript. A URL does not depend on the folder that a child starts in. */
export function loaderArguments(): readonly string[] {
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

/** True in the process whose entry file is this one: an entry point that others import does not start by itself. */
export function isStartedAs(name: EntryPoint): boolean {
  return process.argv[1] !== undefined && path.parse(process.argv[1]).name === name;
}
