/** By characters, as the engine compares UTF-8; JavaScript would compare UTF-16. */
export function orderOfTexts(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  let index = 0;
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) index++;
  // Where two second halves of a pair differ, their first halves were the same.
  return (weightOf(left, index) ?? -1) - (weightOf(right, index) ?? -1);
}

/** Halves of pairs stand for characters behind all others. */
function weightOf(text: string, index: number): number | null {
  if (index >= text.length) return null;
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdfff ? code + 0x10000 : code;
}
