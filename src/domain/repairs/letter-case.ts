import type { LetterCase } from '../spec/closed-sets.ts';

/**
 * Upper or lower case, character by character, as the engine does it: no character becomes two (`ŉ` stays), `ß` is `ẞ`
 * and `İ` is `i`. Letters that are newer than the engine's alphabets stay as they are, whatever this Node knows of
 * them.
 */
export function inCase(text: string, to: LetterCase): string {
  // oxlint-disable-next-line no-control-regex -- most cells are ASCII, where both ways agree
  if (/^[\u0000-\u007f]*$/.test(text)) return to === 'upper' ? text.toUpperCase() : text.toLowerCase();
  return [...text].map((character) => changed[to](character)).join('');
}

const changed: Record<LetterCase, (character: string) => string> = {
  upper: (character) => titleOf(character) ?? single(character, character.toUpperCase()),
  lower: (character) => (character === 'İ' ? 'i' : single(character, character.toLowerCase())),
};

function single(character: string, other: string): string {
  const isOne = other.length === (isPair(other) ? 2 : 1);
  return isOne && !isNewer(character) ? other : character;
}

function isPair(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 0xd800 && first <= 0xdbff;
}

/** Letters whose upper case is two characters, and which have one that begins a title. */
function titleOf(character: string): string | null {
  if (character === 'ß') return 'ẞ';
  const code = character.charCodeAt(0);
  if (code < 0x1f80 || code > 0x1ff3) return null;
  if (code <= 0x1faf) return (code & 8) === 0 ? String.fromCharCode(code + 8) : null;
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCharCode(code + 9) : null;
}

/** Letters that came with Unicode 16 and later, and two older ones that got a partner then. */
const newer: readonly (readonly [number, number])[] = [
  [0x19b, 0x19b],
  [0x264, 0x264],
  [0x1c89, 0x1c8a],
  [0xa7cb, 0xa7cf],
  [0xa7d2, 0xa7d5],
  [0xa7da, 0xa7dc],
  [0x10d50, 0x10d85],
  [0x16ea0, 0x16ed3],
];

function isNewer(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return newer.some(([from, through]) => code >= from && code <= through);
}
