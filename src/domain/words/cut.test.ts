import { expect, test } from 'vitest';
import { cut } from './cut.ts';

test('a long text is cut between characters, and says so', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('abcd', 3)).toBe('ab…');
  expect(cut('😀😀😀', 2)).toBe('😀…');
  expect(cut('😀😀', 2)).toBe('😀😀');
  expect(cut('', 3)).toBe('');
});

test('a huge text costs no more than what is kept of it', () => {
  const cutText = cut('😀'.repeat(5_000_000), 1_000);
  expect([...cutText]).toHaveLength(1_000);
  expect(cutText.endsWith('😀…')).toBe(true);
});
