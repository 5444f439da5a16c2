import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { firstBlocks } from '../worlds/readme-blocks.ts';
import { blockLimitMs, startReadmeWorld, type ReadmeWorld } from '../worlds/readme-world.ts';

/** The two commands with which the README begins, as a reader would type them: the loop closes. */
const blocks = firstBlocks(await readFile(path.join(rootDir, 'README.md'), 'utf8'));
let world: ReadmeWorld;

beforeAll(async () => {
  world = await startReadmeWorld();
});

afterAll(() => world.close());

test('the README begins with the demo and the tests', () => {
  expect(blocks.map(({ text }) => text)).toEqual(['npm run demo', 'npm test']);
});

test.each(blocks.map((block) => [block.text, block] as const))(
  '%s',
  { timeout: blockLimitMs },
  async (_text, block) => {
    await world.perform(block);
  },
);
