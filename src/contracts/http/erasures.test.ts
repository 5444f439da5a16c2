import { expect, test } from 'vitest';
import { eraseRequest } from './erasures.ts';

test('blanks alone name nobody: they would be every row whose key is empty', () => {
  const asked = (entity: string) => eraseRequest.safeParse({ entity, all: true, reason: 'r' }).success;
  expect([' ', '\t\n', '', 'a\u0000b', ' c-1 '].map(asked)).toEqual([false, false, false, false, true]);
});
