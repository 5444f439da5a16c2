import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { prepareOrExit, rootDir } from '../bin/prepare.mjs';
import { readOptions, wholeOption } from './options.mjs';

const help = `npm run flakes -- [--runs 10] [--project unit] [--seed N] [--load N] [--json] [-- FILES]

Repeats the suites in shuffled order while the machine is busy, and prints which tests fell, how often and why.
The load is processes that do nothing but compute, one for each core unless --load says otherwise.
Ctrl-C ends it, and prints what fell until then.
Exit code 0 only when no test fell in any run. A run is repeated with the seed that it prints.`;

const { values, positionals } = readOptions({
  options: {
    runs: { type: 'string', default: '10' },
    project: { type: 'string', multiple: true, default: ['unit', 'unit-alone', 'replay', 'database', 'integration'] },
    seed: { type: 'string' },
    load: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
  allowPositionals: true,
});
if (values.help) {
  process.stdout.write(`${help}\n`);
  process.exit(0);
}
const runs = wholeOption('runs', values.runs, { max: 1_000 });
const load = wholeOption('load', values.load, { min: 0, max: 64 });
const firstSeed = wholeOption('seed', values.seed ?? String(Date.now() % 1_000_000), { min: 0 });
await prepareOrExit();
const folder = mkdtempSync(path.join(tmpdir(), 'perennial-flakes-'));
const burners = Array.from({ length: load }, () =>
  spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(Math.random());'], { stdio: 'ignore' }),
);
process.once('exit', end);
let child = null;
let isEnough = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    isEnough = true;
    child?.kill(signal);
  });
}

/** By the name of the test: how often it fell, and what it said first. */
const fell = new Map();
let done = 0;
while (done < runs) {
  const seed = firstSeed + done;
  const { passed, failed, skipped } = await everyProject(seed);
  // A run that was cut off says nothing.
  if (isEnough) break;
  done++;
  for (const { name, reason } of failed) {
    const known = fell.get(name) ?? { count: 0, reason, seeds: [] };
    fell.set(name, { ...known, count: known.count + 1, seeds: [...known.seeds, seed] });
  }
  say(`run ${done} of ${runs}, seed ${seed}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  for (const { name, reason } of failed) say(`         ${name}: ${reason.split('\n')[0]}`);
}
const list = [...fell].map(([name, facts]) => ({ name, ...facts }));
for (const { name, count, reason, seeds } of list)
  say(`fell ${count} of ${done}  ${name}\n         ${reason} (seeds ${seeds.join(', ')})`);
if (values.json) process.stdout.write(`${JSON.stringify({ runs: done, firstSeed, fell: list })}\n`);
else say(list.length === 0 ? `no test fell in ${done} ${done === 1 ? 'run' : 'runs'}` : `${list.length} tests fell`);
process.exit(list.length > 0 ? 1 : isEnough ? 130 : 0);

/** One project after the other: a shuffle by the command line takes away the order in which projects run. */
async function everyProject(seed) {
  const all = { passed: 0, failed: [], skipped: [] };
  for (const project of values.project) {
    if (isEnough) break;
    const { passed, failed, skipped } = await once(seed, project);
    all.passed += passed;
    all.failed.push(...failed);
    all.skipped.push(...skipped);
  }
  return all;
}

async function once(seed, project) {
  const tallyFile = path.join(folder, `${seed}-${project}.json`);
  const args = [
    path.join(rootDir, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    `--reporter=${path.join(rootDir, 'tests', 'tally-reporter.ts')}`,
    '--sequence.shuffle.files',
    `--sequence.seed=${seed}`,
    '--project',
    project,
    ...positionals,
  ];
  child = spawn(process.execPath, args, {
    cwd: rootDir,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PERENNIAL_TALLY_FILE: tallyFile },
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  try {
    return JSON.parse(readFileSync(tallyFile, 'utf8'));
  } catch {
    return { passed: 0, failed: [{ name: 'vitest', reason: `ended with ${code} before it could count` }], skipped: [] };
  }
}

function end() {
  for (const burner of burners) burner.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

function say(line) {
  (values.json ? process.stderr : process.stdout).write(`${line}\n`);
}
