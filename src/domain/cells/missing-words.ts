/** Texts that mean "no value" in a target or a closed list, unless they are declared there. Case counts. */
export const missingTokens = ['', 'NA', 'N/A', 'null', 'NULL', 'NaN', 'nan', 'None', '?'] as const;

/**
 * What people write into a column of numbers, truths or times where there is none, in lower case. Case does not count:
 * beside numbers none of these can be a value, however it is written.
 */
export const missingWords = [
  '',
  'na',
  'n/a',
  'n.a.',
  '#n/a',
  '<na>',
  'nan',
  'nat',
  'null',
  'nil',
  'none',
  'missing',
  'unknown',
  '?',
  '-',
  '--',
  '.',
] as const;

const words: ReadonlySet<string> = new Set(missingWords);
const tokens: ReadonlySet<string> = new Set(missingTokens);
const charactersMax = Math.max(...missingWords.map((word) => word.length));

/** Whether a text beside numbers, truths or times means "no value". */
export function isMissingWord(text: string): boolean {
  return text.length <= charactersMax && words.has(lowerCase(text));
}

/** Whether a text of a target or of a closed list means "no value". */
export function isMissingToken(text: string, declared: readonly string[]): boolean {
  return tokens.has(text) && (text === '' || !declared.includes(text));
}

/** Lower case character by character, as the engine does it: `İ` is `i`, and no character becomes two. */
export function lowerCase(text: string): string {
  // oxlint-disable-next-line no-control-regex -- most cells are ASCII, where both ways agree
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return [...text].map((character) => (character === 'İ' ? 'i' : character.toLowerCase())).join('');
}
