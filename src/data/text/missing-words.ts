import { missingWords } from '../../domain/cells/missing-words.ts';
import { literal } from '../duck/sql.ts';

const list = `[${missingWords.map(literal).join(', ')}]`;

/** NULL for such a word, otherwise the text. What begins with a digit is none, and is looked at no further. */
export function withoutWords(text: string): string {
  return (
    `CASE WHEN ${text} >= '0' AND ${text} < ':' THEN ${text} WHEN list_contains(${list}, lower(${text})) THEN NULL ` +
    `ELSE ${text} END`
  );
}

/** By the first byte of a cell: how many bytes such a word has at most that begins with it; 0 where none does. */
export function missingWordBytesMax(): Uint8Array {
  const longest = new Uint8Array(256);
  for (const word of missingWords)
    for (const first of [word.toLowerCase(), word.toUpperCase()].map((text) => text.charCodeAt(0)))
      if (word !== '') longest[first] = Math.max(longest[first] ?? 0, word.length);
  return longest;
}
