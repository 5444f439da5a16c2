#!/usr/bin/env node
// `node bench/run.mjs loop --json`: dependencies first, then the benchmark in this same process.
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { prepareOrExit, rootDir } from '../bin/prepare.mjs';

const [name = ''] = process.argv.splice(2, 1);
const known = [
  'calibration',
  'csv',
  'data',
  'derived',
  'explain',
  'features',
  'growth',
  'judgement',
  'kafka',
  'label-averages',
  'lookup',
  'loop',
  'pages',
  'paired',
  'peers',
  'push',
  'search',
  'selection',
  'stack',
  'start',
  'training',
  'views',
  'watch',
  'year',
];
if (!known.includes(name)) {
  process.stderr.write(`error: there is no benchmark "${name}"; there is: ${known.join(', ')}.\n`);
  process.exit(2);
}
await prepareOrExit();
const { createRequire } = await import('node:module');
const tsxLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
await import(tsxLoader);
process.execArgv.push('--import', tsxLoader);
const entry = path.join(rootDir, 'bench', `${name}.ts`);
process.argv[1] = entry;
await import(pathToFileURL(entry).href);
