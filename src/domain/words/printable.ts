/** Without control characters: those of a foreign file would write over a terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '·');
}
