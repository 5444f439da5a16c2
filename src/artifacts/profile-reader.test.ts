import { expect, test } from 'vitest';
import { emptyProfile } from '../domain/training/empty-profile.ts';
import { createProfileReader } from './profile-reader.ts';

/** A store whose artifacts are their own digests, and which counts how often each was read. */
function storeOf(contents: Readonly<Record<string, string>>) {
  const reads: string[] = [];
  return {
    reads,
    readBytes(digest: string): Promise<Buffer> {
      reads.push(digest);
      return Promise.resolve(Buffer.from(contents[digest] ?? ''));
    },
  };
}

const whole = JSON.stringify(emptyProfile);

test('a profile is read once while it is kept', async () => {
  const store = storeOf({ a: whole });
  const read = createProfileReader(store);
  expect(await read('a')).toEqual(emptyProfile);
  expect(await read('a')).toBe(await read('a'));
  expect(store.reads).toEqual(['a']);
});

test('the one that was read first leaves when there are too many', async () => {
  const store = storeOf({ a: whole, b: whole, c: whole });
  const read = createProfileReader(store, 2);
  for (const digest of ['a', 'b', 'c', 'b', 'c', 'a']) await read(digest);
  expect(store.reads).toEqual(['a', 'b', 'c', 'a']);
});

test.each([
  ['another format', JSON.stringify({ ...emptyProfile, formatVersion: 2 })],
  ['something else', '{"slope":1}'],
  ['nothing', 'null'],
  ['a profile without its prediction', JSON.stringify({ ...emptyProfile, prediction: null })],
])('%s is refused, and asked again', async (_, text) => {
  const store = storeOf({ a: text });
  const read = createProfileReader(store);
  await expect(read('a')).rejects.toMatchObject({ code: 'artifact_corrupt' });
  await expect(read('a')).rejects.toMatchObject({ code: 'artifact_corrupt' });
  expect(store.reads).toEqual(['a', 'a']);
});
