import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { entitiesUnder } from '../../tests/worlds/entity-names.ts';

const ours = entitiesUnder('ours');
const theirs = entitiesUnder('theirs');
const bareOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

test('an entity has one hash per model under one key, and another under another key', () => {
  const hash = ours.hashOf('fraud', 'card-1');
  expect(hash).toMatch(/^[0-9a-f]{32}$/);
  expect(ours.hashOf('fraud', 'card-1')).toBe(hash);
  expect(entitiesUnder('ours').hashOf('fraud', 'card-1')).toBe(hash);
  const others = [ours.hashOf('fraud', 'card-2'), ours.hashOf('credit', 'card-1'), theirs.hashOf('fraud', 'card-1')];
  expect(new Set([hash, ...others]).size).toBe(4);
});

test('who has the ids and not the key finds nothing: no stored hash is the one that they can make', () => {
  const dictionary = new Set(Array.from({ length: 200 }, (_, i) => bareOf(`fraud\u0000card-${i}`)));
  for (let i = 0; i < 200; i++) expect(dictionary.has(ours.hashOf('fraud', `card-${i}`))).toBe(false);
});

test('a hash of a release before the key becomes the one of today, and is found by it again', () => {
  const bare = bareOf('fraud\u0000card-1');
  expect(ours.keyed(bare)).toBe(ours.hashOf('fraud', 'card-1'));
  expect(ours.bare(ours.hashOf('fraud', 'card-1'))).toBe(bare);
  expect(theirs.bare(ours.hashOf('fraud', 'card-1'))).not.toBe(bare);
});

test('the fingerprint tells keys apart and is no part of what they make', () => {
  expect(ours.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  expect(ours.fingerprint).not.toBe(theirs.fingerprint);
});

test.each(['', 'card-1', 'A'.repeat(32), '0'.repeat(31)])('%j is no hash', (text) => {
  expect(() => ours.keyed(text)).toThrow(/^the hash of an entity is not 32 hex digits$/);
  expect(() => ours.bare(text)).toThrow(/^the hash of an entity is not 32 hex digits$/);
});
