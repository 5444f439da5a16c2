#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { tierOf } from '../tests/tiers.mjs';
import { prepareOrExit, rootDir } from './prepare.mjs';

await prepareOrExit();

const vitest = path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'perennial-tally-'));
const tallyFile = path.join(folder, 'tally.json');
const reporters = ['--reporter=default', `--reporter=${path.join(rootDir, 'tests', 'tally-reporter.ts')}`];
const { args, notRun } = tierOf(process.argv.slice(2));
const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
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

/**
 * The last line is the tally, also when vitest died before it could count. Before it stand the names of what failed, of
 * what was skipped, with reasons, and of the files that run elsewhere. A suite that is skipped for a tool that
 * PERENNIAL_TOOLS_REQUIRED names has failed: otherwise nobody would notice that it never runs.
 */
function finish(code) {
  const { passed, failed, skipped } = readTally();
  rmSync(folder, { recursive: true, force: true });
  const required = (process.env.PERENNIAL_TOOLS_REQUIRED ?? '').split(' ').filter(Boolean);
  const isRequired = ({ name }) => required.includes(/\(needs ([a-z-]+): /.exec(name)?.[1] ?? '');
  const failures = [
    ...failed,
    ...skipped.filter(isRequired).map(({ name }) => ({ name, reason: 'skipped, though this machine has the tool' })),
  ];
  if (code !== 0 && failures.length === 0) failures.push({ name: 'vitest', reason: `ended with ${code}` });
  const rest = skipped.filter((test) => !isRequired(test));
  for (const { name, reason } of failures) process.stdout.write(`\nfailed   ${name}\n         ${reason}`);
  for (const { name } of rest) process.stdout.write(`\nskipped  ${name}`);
  if (notRun.length > 0)
    process.stdout.write(`\n\n${notRun.length} files run in \`npm run test:long\`: ${notRun.join(', ')}`);
  process.stdout.write(`\n\n${passed} passed, ${failures.length} failed, ${rest.length} skipped\n`);
  process.exit(code === 0 && failures.length > 0 ? 1 : code);
}

function readTally() {
  try {
    return JSON.parse(readFileSync(tallyFile, 'utf8'));
  } catch {
    return { passed: 0, failed: [], skipped: [] };
  }
}
