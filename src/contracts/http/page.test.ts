import { expect, test } from 'vitest';
import { z } from 'zod';
import { decodeCursor, encodeCursor, keyInt, keyText, pageOf } from './page.ts';

test('one row too many is the next page, and says where it begins', () => {
  const rows = [5, 4, 3];
  expect(pageOf(rows, 3, (row) => row)).toEqual({ items: [5, 4, 3], next: null });
  const { items, next } = pageOf(rows, 2, (row) => [row, 'a']);
  expect(items).toEqual([5, 4]);
  expect(decodeCursor(z.tuple([keyInt, keyText]), next ?? '')).toEqual([4, 'a']);
  expect(pageOf([], 2, (row) => row)).toEqual({ items: [], next: null });
});

test.each([
  '',
  '!',
  'AAAA',
  encodeCursor('x'),
  encodeCursor([1]),
  encodeCursor([-1, 'a']),
  encodeCursor([2 ** 31, 'a']),
  encodeCursor([1, 'a\u0000']),
])('the cursor %j of nobody is refused', (cursor) => {
  expect(() => decodeCursor(z.tuple([keyInt, keyText]), cursor)).toThrow(
    expect.objectContaining({ code: 'invalid_request', path: 'cursor' }),
  );
});
