import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deferred } from '../../src/serving/cluster/deferred.ts';
import { createRandom } from '../../src/statistics/random.ts';
import { chooseVictim, jsonLine, runDemo, startDemo, type Victim } from '../worlds/demo-run.ts';
import { brokenRulesIn } from '../worlds/invariants.ts';
import { tinyTable, toCsv } from '../worlds/tiny-table.ts';

/** `perennial demo --data`, as a person types it: everything is real, and every run has a folder of its own. */
let folder: string;
let driftingFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-e2e-'));
  driftingFile = await write('drifting.csv', toCsv(tinyTable({ seed: 'drift', rows: 1_200, turnsAt: 600 })));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

const demoLimitMs = 200_000;
const argsOf = (file: string, target = 'y'): readonly string[] => ['--data', file, '--target', target, '--json'];

/** What a demo says when it has got somewhere: the moments at which one of its processes is killed, one at random. */
const moments = [/starting Postgres/, /Labels are taken/, /is champion/, /of 960 rows/];

test('a table drifts and one process is killed at any moment: the loop closes, loses nothing, wins', async () => {
  const seed = Date.now() % 1_000_000;
  const random = createRandom(seed);
  const moment = moments[random.integer(moments.length)] ?? /is champion/;
  const stateDir = path.join(folder, 'killed');
  const options = { args: argsOf(driftingFile), stateDir };
  const killing = deferred<Victim | undefined>();
  let isDue = true;
  const demo = startDemo({
    ...options,
    onLine: (line) => {
      if (!isDue || !moment.test(line)) return;
      isDue = false;
      const victim = chooseVictim(demo.pid, random.integer);
      if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
      killing.resolve(victim);
    },
  });
  const victim = await Promise.race([killing.promise, demo.done.then(() => undefined)]);
  // Printed also when all goes well: a failure must be repeatable.
  process.stdout.write(`seed ${seed}: kill -9 of ${victim?.name ?? 'nobody'} at ${String(moment)}\n`);
  if (victim === undefined) {
    const { code, stderr } = await demo.done;
    throw new Error(
      `the demo ended with code ${String(code)} before it said ${String(moment)}:\n${stderr.slice(-2_000)}`,
    );
  }
  const first = await demo.done;
  const result = victim.name === 'demo' ? await runDemo(options, demoLimitMs) : first;
  const line = jsonLine(result);
  expect({ code: result.code, line }, `seed ${seed}, ${victim.name}, ${String(moment)}`).toMatchObject({
    code: 0,
    line: { model: 'drifting', task: 'binary', rows: 1_200, liveRows: 960, lostPredictions: 0, lostLabels: 0 },
  });
  expect(line['trainings']).toBeGreaterThan(1);
  const loss = (name: string): number => Number((line[name] as { logLoss?: unknown }).logLoss);
  expect(loss('loop')).toBeLessThan(loss('neverRetrained'));
  expect(await brokenRulesIn(path.join(stateDir, 'demo'))).toEqual([]);
});

describe('a table that cannot be learned from is told in one sentence, before anything is started', () => {
  const plain = (): string => toCsv(tinyTable({ seed: 'plain', rows: 600 }));
  const lines = (): readonly string[] => plain().trim().split('\n');
  test.each([
    ['one class', () => plain().replaceAll(/,no$/gm, ',yes'), 'y', /single class \(yes\)/],
    ['no header', () => lines().slice(1).join('\n'), 'y', /no header line/],
    ['a wrong --target', plain, 'outcome', /no such column, it has height, width, colour, y/],
    [
      'a target of 2,000 classes',
      () =>
        lines()
          .map((line, i) => (i === 0 ? line : `${line}${i % 2_000}`))
          .join('\n'),
      'y',
      /at most \d+ classes/,
    ],
    ['nothing but a header', () => 'height,width,colour,y\n', 'y', /row/],
    ['no such file', null, 'y', /nowhere\.csv/],
  ])('%s', async (what, text, target, sentence) => {
    const name = what.replaceAll(/[^a-z0-9]+/g, '-');
    const file = text === null ? path.join(folder, 'nowhere.csv') : await write(`${name}.csv`, text());
    const result = await runDemo({ args: argsOf(file, target), stateDir: path.join(folder, `state-${name}`) }, 30_000);
    expect(result.code).toBe(1);
    const error = jsonLine(result)['error'] as { readonly message?: string; readonly hint?: string };
    expect(error.message).toMatch(sentence);
    expect(error.hint).toMatch(/\.$/);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
