import { expect, test } from 'vitest';
import { seal, unseal } from './seal.ts';

test('only the same secret and name read it again', () => {
  const sealed = seal('prn_secret', 'prn_mine', 'key');
  expect(sealed).not.toContain('prn_secret');
  expect(unseal(sealed, 'prn_mine', 'key')).toBe('prn_secret');
  expect(unseal(sealed, 'prn_other', 'key')).toBeNull();
  expect(unseal(sealed, 'prn_mine', 'other')).toBeNull();
  expect(unseal(`${sealed.slice(0, -4)}AAAA`, 'prn_mine', 'key')).toBeNull();
  expect(unseal('', 'prn_mine', 'key')).toBeNull();
  expect(seal('prn_secret', 'prn_mine', 'key')).not.toBe(sealed);
});
