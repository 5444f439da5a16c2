/** Characters of a text, as the engine counts them: Unicode code points. */
export function charactersOf(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // The second half of a pair is no character of its own.
    if (code < 0xdc00 || code > 0xdfff) count++;
  }
  return count;
}
