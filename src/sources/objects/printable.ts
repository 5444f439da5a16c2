/** A key as people may read it: control characters and what turns the direction of text are written out. */
export function printable(key: string): string {
  return key.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
