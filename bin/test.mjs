#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { prepareOrExit, rootDir } from './prepare.mjs';

await prepareOrExit();

const vitest = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'perennial-tally-'));
const tallyFile = path.join(folder, 'tally.json');
const reporters = ['--reporter=default', `--reporter=${path.join(rootDir, 'tests', 'tally-reporter.ts')}`];
const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: rootDir,
  stdio: 'inherit',
  env: { ...process.env, PERENNIAL_TALLY_FILE: tallyFile },
});
// The terminal's Ctrl-C reaches vitest by itself; one that was sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
child.once('error', (error) => {
  process.stderr.write(`error: vitest could not be started (${error.message}).\n`);
  finish(1);
});

/** The last line is the tally, also when vitest died before it could count. */
function finish(code) {
  const { passed, failed } = readTally();
  rmSync(folder, { recursive: true, force: true });
  const failures = code !== 0 && failed === 0 ? 1 : failed;
  process.stdout.write(`\n${passed} passed, ${failures} failed\n`);
  process.exit(code === 0 && failures > 0 ? 1 : code);
}

function readTally() {
  try {
    return JSON.parse(readFileSync(tallyFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
}
