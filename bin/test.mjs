#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { prepareOrExit, rootDir } from './prepare.mjs';

await prepareOrExit();

const vitest = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: rootDir, stdio: 'inherit' });
// The terminal's Ctrl-C reaches vitest by itself; one that was sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
child.once('error', (error) => {
  process.stderr.write(`error: vitest could not be started (${error.message}).\n`);
  process.exit(1);
});
