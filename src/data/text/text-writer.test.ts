import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTextWriter } from './text-writer.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'text-writer-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('small and large pieces come out in their order', async () => {
  const file = path.join(dir, 'whole');
  const writer = createTextWriter(file, Infinity);
  const large = Buffer.alloc(3_000_000, 'x');
  for (const value of [0, 9, 10, 1_234_567]) {
    writer.number(value);
    writer.byte(44);
  }
  writer.bytes(large, 0, large.length);
  writer.text('end');
  writer.close();
  writer.close();
  expect(await readFile(file, 'utf8')).toBe(`0,9,10,1234567,${large.toString()}end`);
});

test('what would take the disk from others is refused before it does', () => {
  const writer = createTextWriter(path.join(dir, 'bomb'), 5_000_000);
  const zeros = Buffer.alloc(1_000_000, '0');
  const write = () => {
    for (let piece = 0; piece < 100; piece++) writer.bytes(zeros, 0, zeros.length);
  };
  expect(write).toThrow('the rows of a table would take more than half of the free disk');
  expect(() => writer.close()).toThrow();
});
