import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { blocksOf, firstBlocks } from '../worlds/readme-blocks.ts';
import { blockLimitMs, startReadmeWorld, type ReadmeWorld } from '../worlds/readme-world.ts';

/**
 * Every block of the README after the two commands that `demo.test.ts` runs, in order, as a reader would type it. What
 * the README leaves to docs/pull-the-plug.md is run where the README points there: before everything is killed at once.
 */
const text = await readFile(path.join(rootDir, 'README.md'), 'utf8');
const readme = blocksOf(text).slice(firstBlocks(text).length);
const plug = await readFile(path.join(rootDir, 'docs', 'pull-the-plug.md'), 'utf8');
const enginesKilled = blocksOf(plug.slice(plug.indexOf('## Postgres'), plug.indexOf('## Everything at once')));
const last = readme.findIndex(({ notes }) => notes.has('stop'));
const blocks = [...readme.slice(0, last), ...enginesKilled, ...readme.slice(last)];
let world: ReadmeWorld;

beforeAll(async () => {
  world = await startReadmeWorld();
});

afterAll(() => world.close());

describe('README.md', () => {
  let failed: string | null = null;
  test('has the blocks that this test expects', () => {
    expect(last).toBeGreaterThan(0);
    expect(enginesKilled.length).toBeGreaterThan(3);
  });
  test.each(
    blocks.map(
      (block, position) =>
        [
          `${position + 1}, line ${block.line}: ${block.text.trim().split('\n')[0]?.slice(0, 70) ?? ''}`,
          block,
        ] as const,
    ),
  )('%s', { timeout: blockLimitMs }, async (name, block) => {
    // A reader whose step failed does not go on either.
    expect(failed, 'an earlier block failed').toBeNull();
    failed = name;
    await world.perform(block);
    failed = null;
  });

  test('what it shows in TypeScript compiles', async () => {
    const include = blocks.flatMap(({ notes }) => notes.get('file') ?? []).filter((file) => file.endsWith('.ts'));
    expect(include.length).toBeGreaterThan(0);
    await world.write('tsconfig.readme.json', JSON.stringify({ extends: './tsconfig.json', include }));
    await world.run('npx tsc --noEmit -p tsconfig.readme.json');
  });
});
