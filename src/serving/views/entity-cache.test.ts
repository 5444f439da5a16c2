import { expect, test } from 'vitest';
import type { StoredEntity } from '../ports.ts';
import { createEntityCache } from './entity-cache.ts';

const revision = { view: 'v', digest: 'd' };
const stored = (sequence: number, heldChars = 0): StoredEntity => ({
  state: null,
  sequence,
  snapshot: 's',
  isBuilding: false,
  heldChars,
});
const bounds = { entriesMax: 3, bytesMax: 10_000 };

test('what was looked at lately stays, within the bounds of entries and bytes', () => {
  const cache = createEntityCache(bounds);
  const own = cache.of(revision);
  for (const entity of ['a', 'b', 'c']) own.put(entity, stored(1));
  expect(own.get('a')).toBeDefined();
  own.put('d', stored(1));
  expect(own.get('b')).toBeUndefined();
  expect(own.get('a')).toBeDefined();
  expect(cache.entries).toBe(3);
  const small = createEntityCache({ entriesMax: 3, bytesMax: 900 });
  for (const entity of ['a', 'b', 'c']) small.of(revision).put(entity, stored(1));
  expect(small.entries).toBe(2);
  expect(small.bytes).toBeLessThanOrEqual(900);
  const long = 'x'.repeat(1_000);
  expect(small.of(revision).put(long, stored(1)).stored.sequence).toBe(1);
  expect(small.of(revision).get(long)).toBeUndefined();
});

test('room is made though all entries were looked at, and entries of other revisions count as well', () => {
  const cache = createEntityCache(bounds);
  const own = cache.of(revision);
  const other = cache.of({ ...revision, digest: 'e' });
  own.put('a', stored(1));
  own.put('b', stored(1));
  other.put('a', stored(1));
  for (const entity of ['a', 'b']) expect(own.get(entity)).toBeDefined();
  expect(other.get('a')).toBeDefined();
  other.put('b', stored(1));
  expect(cache.entries).toBe(3);
  expect([own.get('a'), other.get('a') === undefined]).toEqual([undefined, false]);
});

test('what was read before a change is not remembered after it, and what was read after it is', () => {
  const cache = createEntityCache(bounds);
  const own = cache.of(revision);
  own.put('a', stored(1));
  cache.changed({ ...revision, sequence: 2 });
  expect(own.get('a')).toBeUndefined();
  own.put('a', stored(2));
  expect(own.get('a')).toBeDefined();
  cache.changed({ view: 'other', digest: 'd', sequence: 9 });
  expect(own.get('a')).toBeDefined();
  expect(cache.revisions).toEqual([revision]);
});

test('a database that was set back makes everything be forgotten', () => {
  const cache = createEntityCache(bounds);
  const own = cache.of(revision);
  cache.changed({ ...revision, sequence: 5 });
  own.put('a', stored(5));
  cache.of({ ...revision, view: 'w' }).put('a', stored(5));
  cache.changed({ ...revision, sequence: 4 });
  expect(own.get('a')).toBeUndefined();
  expect([cache.entries, cache.bytes]).toEqual([0, 0]);
});
