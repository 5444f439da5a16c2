import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLine, runDemo } from '../worlds/demo-run.ts';
import { tinyTable, toCsv } from '../worlds/tiny-table.ts';

/** `perennial demo --data`, as a person types it: everything is real, and every run has a folder of its own. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-e2e-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

const argsOf = (file: string, target = 'y'): readonly string[] => ['--data', file, '--target', target, '--json'];

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
    const result = await runDemo({ args: argsOf(file, target), stateDir: path.join(folder, `state-${name}`) }, 120_000);
    expect(result.code).toBe(1);
    const error = jsonLine(result)['error'] as { readonly message?: string; readonly hint?: string };
    expect(error.message).toMatch(sentence);
    expect(error.hint).toMatch(/\.$/);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
