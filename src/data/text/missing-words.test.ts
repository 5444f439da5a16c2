import { missingWords } from '../../domain/cells/missing-words.ts';
import { expect, test } from 'vitest';
import { missingWordBytesMax } from './missing-words.ts';

test('every word is found by its first byte and its length, in either case', () => {
  const longest = missingWordBytesMax();
  const isFound = (word: string): boolean => Buffer.byteLength(word) <= (longest[word.charCodeAt(0)] ?? 0);
  const words = missingWords.filter((word) => word !== '');
  expect(words.filter((word) => !isFound(word) || !isFound(word.toUpperCase()))).toEqual([]);
  // What looks like a number, or like none of them, is passed over.
  expect(['12', '-12.5', '.25', 'yes', 'amount'].filter(isFound)).toEqual([]);
});
