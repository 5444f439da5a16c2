#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { prepareOrExit, rootDir } from './prepare.mjs';

await prepareOrExit();

// A packaged product brings its bundles; a checkout makes them when its sources have changed. In this same process, not
// a child: then Ctrl-C, exit codes, standard input and `kill -9` mean what they say.
const packagedDir = path.join(rootDir, 'dist', 'server');
const isPackaged = existsSync(path.join(packagedDir, 'main-cli.js')) && !existsSync(path.join(rootDir, 'tests'));
const serverDir = isPackaged ? packagedDir : await bundlesOfCheckout();
if (serverDir === null) await readTypeScript();
else process.setSourceMapsEnabled(true);
const entry = serverDir === null ? path.join(rootDir, 'src', 'main-cli.ts') : path.join(serverDir, 'main-cli.js');
process.argv[1] = entry;
await import(pathToFileURL(entry).href);

async function bundlesOfCheckout() {
  const { ensureServer } = await import('../tools/build-server.mjs');
  return ensureServer();
}

/** From here on it is `node --import tsx src/main-cli.ts`, also for whatever it forks. */
async function readTypeScript() {
  const { createRequire } = await import('node:module');
  const tsxLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  await import(tsxLoader);
  process.execArgv.push('--import', tsxLoader);
}
