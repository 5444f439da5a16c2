import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { jsonLine, runDemo } from '../worlds/demo-run.ts';
import { brokenRulesIn } from '../worlds/invariants.ts';
import { tinyTable, toCsv } from '../worlds/tiny-table.ts';

/** Tables at the edge of what can be learned from end in a good run of `perennial demo --data`. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-tables-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

const demoLimitMs = 200_000;
const argsOf = (file: string): readonly string[] => ['--data', file, '--target', 'y', '--json'];

const missing = (): string => {
  const random = createRandom('missing');
  const [header = '', ...rows] = toCsv(tinyTable({ seed: 'missing', rows: 500 }))
    .trim()
    .split('\n');
  return [
    header,
    ...rows.map((row) =>
      row
        .split(',')
        .map((cell) => (random.next() < 0.25 ? '' : cell))
        .join(','),
    ),
  ].join('\n');
};
const categories = (): string => {
  const random = createRandom('categories');
  const rows = tinyTable({ seed: 'categories', rows: 600 });
  // Every one of the 2,000 is there; most of them once, and many for the first time after the history.
  const names = Array.from({ length: 2_000 }, (_, i) => `shop ${i}`);
  return [
    'height,shop,y',
    ...names.map(
      (name, i) => `${rows[i % rows.length]?.cells.height ?? ''},${name},${rows[i % rows.length]?.label ?? 'no'}`,
    ),
  ]
    .map((line, i) => (i > 0 && random.next() < 0.5 ? line.replace(/shop \d+/, `shop ${random.integer(20)}`) : line))
    .join('\n');
};

test.each([
  ['300 rows', 'small', () => toCsv(tinyTable({ seed: 'small', rows: 300 }))],
  ['missing values everywhere, the target too', 'missing', missing],
  ['a column of about a thousand categories', 'categories', categories],
])('%s', async (_what, name, text) => {
  const stateDir = path.join(folder, name);
  const result = await runDemo({ args: argsOf(await write(`${name}.csv`, text())), stateDir }, demoLimitMs);
  expect({ code: result.code, line: jsonLine(result) }).toMatchObject({
    code: 0,
    line: { lostPredictions: 0, lostLabels: 0 },
  });
  expect(await brokenRulesIn(path.join(stateDir, 'demo'))).toEqual([]);
});
