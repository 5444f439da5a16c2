import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { chunksOf, type Chunk } from './row-chunks.ts';

async function chunks(text: string, bounds = { bytesMax: 1_000, rowsMax: 2 }): Promise<readonly Chunk[]> {
  const found: Chunk[] = [];
  for await (const chunk of chunksOf(Readable.from([text]), bounds)) found.push(chunk);
  return found;
}

test('rows keep their text and their lines, and blank lines count', async () => {
  expect(await chunks('\ufeff{"id":12345678901234567890}\r\n\n {"id":2} \n{"id":3}')).toEqual([
    { lines: ['{"id":12345678901234567890}', '{"id":2}'], lineNumbers: [1, 3], firstLine: 1 },
    { lines: ['{"id":3}'], lineNumbers: [4], firstLine: 4 },
  ]);
  expect(await chunks('\n\n')).toEqual([]);
});

test('a chunk is no larger than a request, and the same file is cut the same way', async () => {
  const text = Array.from({ length: 50 }, (_, id) => JSON.stringify({ id, pad: 'x'.repeat(id) })).join('\n');
  const bounds = { bytesMax: 120, rowsMax: 100 };
  const found = await chunks(text, bounds);
  for (const { lines } of found) expect(Buffer.byteLength(lines.join('\n')) + 1).toBeLessThanOrEqual(120);
  expect(found.flatMap(({ lines }) => lines).join('\n')).toBe(text);
  expect(await chunks(text, bounds)).toEqual(found);
});

test.each([
  ['{"id":1}\n[2]', 'Line 2 is not a JSON object.'],
  ['{"id":1}\n{"id":', 'Line 2 is not a JSON object.'],
  ['null', 'Line 1 is not a JSON object.'],
  [`{"id":"${'x'.repeat(2_000)}"}`, 'Line 1 is larger than a request may be.'],
])('%j is refused by its line', async (text, said) => {
  await expect(chunks(text)).rejects.toThrow(said);
});
