import { expect, test } from 'vitest';
import type { StoredEntity } from '../ports.ts';
import { createEntityCache } from './entity-cache.ts';

const ask = (entity: string) => ({ view: 'v', digest: 'd', entity });
const stored = (sequence: number): StoredEntity => ({ state: null, sequence, snapshot: 's', isBuilding: false });
const bounds = { entriesMax: 3, bytesMax: 10_000 };

test('what was used last stays, within the bounds of entries and bytes', () => {
  const cache = createEntityCache(bounds);
  for (const entity of ['a', 'b', 'c']) cache.put(ask(entity), stored(1));
  expect(cache.get(ask('a'))).toBeDefined();
  cache.put(ask('d'), stored(1));
  expect(cache.get(ask('b'))).toBeUndefined();
  expect(cache.get(ask('a'))).toBeDefined();
  expect(cache.entries).toBe(3);
  const small = createEntityCache({ entriesMax: 3, bytesMax: 500 });
  for (const entity of ['a', 'b', 'c']) small.put(ask(entity), stored(1));
  expect(small.entries).toBe(2);
  expect(small.bytes).toBeLessThanOrEqual(500);
  small.put(ask('x'.repeat(1_000)), stored(1));
  expect(small.get(ask('x'.repeat(1_000)))).toBeUndefined();
});

test('what was read before a change is not remembered after it, and what was read after it is', () => {
  const cache = createEntityCache(bounds);
  cache.put(ask('a'), stored(1));
  cache.changed({ view: 'v', digest: 'd', sequence: 2 });
  expect(cache.get(ask('a'))).toBeUndefined();
  cache.put(ask('a'), stored(2));
  expect(cache.get(ask('a'))).toBeDefined();
  cache.changed({ view: 'other', digest: 'd', sequence: 9 });
  expect(cache.get(ask('a'))).toBeDefined();
});

test('a database that was set back makes everything be forgotten', () => {
  const cache = createEntityCache(bounds);
  cache.changed({ view: 'v', digest: 'd', sequence: 5 });
  cache.put(ask('a'), stored(5));
  cache.changed({ view: 'v', digest: 'd', sequence: 4 });
  expect(cache.get(ask('a'))).toBeUndefined();
  expect([cache.entries, cache.bytes]).toEqual([0, 0]);
});
