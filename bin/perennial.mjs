#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { prepareOrExit, rootDir } from './prepare.mjs';

await prepareOrExit();

// A packaged product brings itself as one file; a checkout is run as it stands.
const bundle = path.join(rootDir, 'dist', 'server', 'main-cli.js');
const isPackaged = existsSync(bundle) && !existsSync(path.join(rootDir, 'tests'));

// In this same process, not a child: then Ctrl-C, exit codes, standard input and `kill -9` mean what they say. From
// here on it is `node --import tsx src/main-cli.ts`, also for whatever it forks.
if (!isPackaged) {
  const { createRequire } = await import('node:module');
  const tsxLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  await import(tsxLoader);
  process.execArgv.push('--import', tsxLoader);
}
const entry = isPackaged ? bundle : path.join(rootDir, 'src', 'main-cli.ts');
process.argv[1] = entry;
await import(pathToFileURL(entry).href);
