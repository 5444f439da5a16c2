/** White space of Unicode, the zero-width space, and the byte order mark, which ends up inside of files. */
export const whiteSpace = [
  ' \t\n\u000b\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
  '\u200b\u2028\u2029\u202f\u205f\u3000\ufeff',
].join('');

const spaces: ReadonlySet<string> = new Set(whiteSpace);

/** Without white space of any script at both ends. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && spaces.has(text.charAt(from))) from++;
  while (to > from && spaces.has(text.charAt(to - 1))) to--;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}
