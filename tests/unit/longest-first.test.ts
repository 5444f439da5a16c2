import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';
import { longest } from '../longest-first.ts';

test('every file that is begun first is there', () => {
  expect(longest.filter((file) => !existsSync(path.join(rootDir, file)))).toEqual([]);
});
