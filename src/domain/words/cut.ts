/**
 * The text, or as much of it as fits with an ellipsis at its end. Counted in code points, so that none is torn in
 * half.
 */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  // A character has at most two code units: more of a huge text need not be taken apart.
  const points = Array.from(text.slice(0, 2 * charsMax + 2));
  return points.length <= charsMax ? text : `${points.slice(0, charsMax - 1).join('')}…`;
}

/** Without control characters: those of a foreign file would write over a terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '·');
}
