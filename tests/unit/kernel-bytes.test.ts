import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernel, kernelModule, moduleOf } from '../../tools/build-kernel.mjs';

test('the loops of growing trees are what their source compiles to: npm run kernel:build', async () => {
  expect(await readFile(kernelModule, 'utf8')).toBe(moduleOf(await compileKernel()));
});
