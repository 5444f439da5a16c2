import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { RewriteAction } from '../../src/domain/spec/closed-sets.ts';
import type { Source } from '../../src/sources/port.ts';

/** A place for objects of one test, empty at first, and a source over it. */
export interface ObjectsPlace {
  /** As an object that nobody is writing any more. */
  put(key: string, text: string): Promise<void>;
  remove(key: string): Promise<void>;
  source(options?: { readonly onRewrite?: RewriteAction; readonly pattern?: string }): Promise<Source>;
  /** What people call an object. */
  nameOf(key: string): string;
}

export interface ReadObject {
  readonly name: string;
  readonly text: string;
  readonly covers: 'whole' | 'addition';
  readonly sourceDigest: string;
  readonly next: string;
}

/** Reads all that is behind a cursor, and checks what every batch promises. */
export async function readObjects(source: Source, from: string | null = null): Promise<ReadObject[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-objects-'));
  const read: ReadObject[] = [];
  try {
    for await (const { name, path: file, covers, sourceDigest, next } of source.open(from, folder))
      read.push({ name, text: await readFile(file, 'utf8'), covers, sourceDigest, next });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return read;
}

/** What a folder and a bucket promise alike. */
export function objectsCases(open: () => Promise<ObjectsPlace>): void {
  const textsOf = (read: readonly ReadObject[]) => read.map(({ text }) => text);

  test('each object is taken once, in the order of names, and those that come are added', async () => {
    const place = await open();
    await place.put('b.csv', 'b');
    await place.put('a/2.csv', 'a2');
    const source = await place.source();
    const first = await readObjects(source);
    expect(first.map(({ name, text, covers }) => ({ name, text, covers }))).toEqual([
      { name: place.nameOf('a/2.csv'), text: 'a2', covers: 'whole' },
      { name: place.nameOf('b.csv'), text: 'b', covers: 'addition' },
    ]);
    const cursor = first.at(-1)?.next ?? null;
    expect(await readObjects(source, cursor)).toEqual([]);
    expect(await source.lag(cursor)).toEqual({ unread: 0, unit: 'files' });
    await place.put('c.csv', 'c');
    expect(await source.lag(cursor)).toEqual({ unread: 1, unit: 'files' });
    expect(await readObjects(source, cursor)).toMatchObject([{ text: 'c', covers: 'addition' }]);
  });

  test('what is there is named before it is read, as the last batch then names it', async () => {
    const place = await open();
    const source = await place.source();
    for (const key of ['a.csv', 'b.csv', 'c.csv']) await place.put(key, key);
    const before = await source.identify(null);
    const read = await readObjects(source);
    expect(read.at(-1)?.sourceDigest).toBe(before.digest);
    // From any place on the way, as an attempt finds it that goes on where another was cut off.
    for (const { next } of read) expect((await source.identify(next)).digest).toBe(before.digest);
    expect(new Set(read.map(({ sourceDigest }) => sourceDigest)).size).toBe(3);
    await place.put('d.csv', 'd');
    expect((await source.identify(read.at(-1)?.next)).digest).not.toBe(before.digest);
  });

  test('the same bytes under another name are another object', async () => {
    const place = await open();
    await place.put('a.csv', 'same');
    await place.put('b.csv', 'same');
    expect(textsOf(await readObjects(await place.source()))).toEqual(['same', 'same']);
  });

  test('an object that sorts before what was taken is taken, and reported until it is', async () => {
    const place = await open();
    const source = await place.source();
    await place.put('2.csv', 'two');
    const [taken] = await readObjects(source);
    await place.put('1.csv', 'one');
    const { findings } = await source.identify(taken?.next);
    expect(findings).toEqual([{ kind: 'late', count: 1, names: [place.nameOf('1.csv')] }]);
    const late = await readObjects(source, taken?.next);
    expect(late).toMatchObject([{ text: 'one', covers: 'addition' }]);
    expect((await source.identify(late[0]?.next)).findings).toEqual([]);
  });

  test('an object that was written again is reported, and its new rows are not mixed in', async () => {
    const place = await open();
    const source = await place.source();
    await place.put('a.csv', 'first');
    const [taken] = await readObjects(source);
    await place.put('a.csv', 'other bytes');
    const { findings, digest } = await source.identify(taken?.next);
    expect(findings).toEqual([{ kind: 'rewritten', count: 1, names: [place.nameOf('a.csv')] }]);
    expect(digest, 'nothing that would be read has changed').toBe(taken?.sourceDigest);
    expect(await readObjects(source, taken?.next)).toEqual([]);
    // One of the same length as well.
    await place.put('a.csv', 'FIRST');
    expect((await source.identify(taken?.next)).findings).toMatchObject([{ kind: 'rewritten' }]);
  });

  test('with retake everything is read anew when an object was written again', async () => {
    const place = await open();
    const source = await place.source({ onRewrite: 'retake' });
    await place.put('a.csv', 'first');
    await place.put('b.csv', 'b');
    const cursor = (await readObjects(source)).at(-1)?.next ?? null;
    await place.put('a.csv', 'other bytes');
    const { digest } = await source.identify(cursor);
    const again = await readObjects(source, cursor);
    expect(again.map(({ text, covers }) => [text, covers])).toEqual([
      ['other bytes', 'whole'],
      ['b', 'addition'],
    ]);
    expect(again.at(-1)?.sourceDigest).toBe(digest);
    // Cut off after the first of them, it goes on with the second.
    expect(textsOf(await readObjects(source, again[0]?.next))).toEqual(['b']);
    expect(await readObjects(source, again.at(-1)?.next)).toEqual([]);
  });

  test('the same bytes written again are neither new nor reported', async () => {
    const place = await open();
    const source = await place.source({ onRewrite: 'retake' });
    await place.put('a.csv', 'first');
    const [taken] = await readObjects(source);
    await place.remove('a.csv');
    await place.put('a.csv', 'first');
    expect(await readObjects(source, taken?.next)).toEqual([]);
    expect(await source.identify(taken?.next)).toMatchObject({ digest: taken?.sourceDigest, findings: [] });
  });

  test('an object that is gone is reported, and its rows stay', async () => {
    const place = await open();
    const source = await place.source();
    for (const key of ['a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv']) await place.put(key, key);
    const cursor = (await readObjects(source)).at(-1);
    for (const key of ['a.csv', 'b.csv', 'c.csv', 'd.csv']) await place.remove(key);
    const { findings, digest } = await source.identify(cursor?.next);
    const names = ['a.csv', 'b.csv', 'c.csv'].map((key) => place.nameOf(key));
    expect(findings).toEqual([{ kind: 'deleted', count: 4, names }]);
    expect(digest).toBe(cursor?.sourceDigest);
    expect(await readObjects(source, cursor?.next)).toEqual([]);
  });

  test('scratch, other formats and empty objects are passed over; a pattern chooses otherwise', async () => {
    const place = await open();
    const keys = ['_tmp/a.csv', '.hidden.csv', 'notes.txt', 'data.csv', 'deep/er/more.CSV', 'old.csv.bak'];
    for (const key of keys) await place.put(key, key);
    await place.put('empty.csv', '');
    expect(textsOf(await readObjects(await place.source()))).toEqual(['data.csv', 'deep/er/more.CSV']);
    expect(textsOf(await readObjects(await place.source({ pattern: '*.txt' })))).toEqual(['notes.txt']);
    expect(textsOf(await readObjects(await place.source({ pattern: 'deep/**' })))).toEqual(['deep/er/more.CSV']);
  });

  test('the cursor does not grow with the objects, and each is known after any number', async () => {
    const place = await open();
    const source = await place.source();
    const keys = Array.from({ length: 75 }, (_, at) => `part-${String(at).padStart(4, '0')}.csv`);
    for (const key of keys) await place.put(key, key);
    const read = await readObjects(source);
    expect(textsOf(read)).toEqual(keys);
    // Seven files a level, and 75 objects take three levels of eight.
    expect(Math.max(...read.map(({ next }) => next.length))).toBeLessThan(2_500);
    expect(await readObjects(source, read.at(-1)?.next)).toEqual([]);
    expect(textsOf(await readObjects(source, read[40]?.next))).toEqual(keys.slice(41));
  });

  test('odd characters in names are only characters', async () => {
    const place = await open();
    const keys = [
      'a b+c%20.csv',
      'line\nbreak.csv',
      'ümläut 日本 🙂.csv',
      'quote\'and"q.csv',
      'dots...csv',
      'a&b<c>.csv',
    ];
    for (const key of keys) await place.put(key, `of ${key}`);
    const read = await readObjects(await place.source());
    expect(textsOf(read).toSorted()).toEqual(keys.map((key) => `of ${key}`).toSorted());
    expect(read.find(({ text }) => text.includes('line'))?.name).toBe(place.nameOf('line\\u{a}break.csv'));
  });
}
