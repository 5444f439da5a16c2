import { textLengthMax } from '../../../domain/features/expressions/expression.ts';
import type { NodeKit } from './node-kit.ts';

/** A repetition of more than this many is refused by RE2, which runs the patterns. */
const repetitionsMax = 512;

/** Whether a text is missing, as BOOL. */
export function isEmptyText(kit: NodeKit, tensor: string): string {
  return kit.node('Greater', kit.lookUp(tensor, { '': 1 }, 0), kit.double(0));
}

/**
 * Code points of a text, at most 1,023. ONNX has no length of a text; but bit k of a length is set exactly where the
 * text is any number of blocks of 2^(k+1) characters and 2^k to 2^(k+1) - 1 more: one pattern for each bit.
 */
export function writeTextLength(kit: NodeKit, tensor: string): string {
  let length: string | null = null;
  for (let bit = 1; bit <= textLengthMax; bit *= 2) {
    const isSet = matches(kit, tensor, `(?s)(?:${times('.', 2 * bit)})*${times('.', bit)}${upTo('.', bit - 1)}`);
    const worth = kit.node('Mul', kit.truth(isSet), kit.double(bit));
    length = length === null ? worth : kit.node('Add', length, worth);
  }
  const isLong = matches(kit, tensor, `(?s)${times('.', textLengthMax + 1)}.*`);
  const counted = kit.node('Where', isLong, kit.double(textLengthMax), length ?? kit.double(0));
  return kit.missingWhere(isEmptyText(kit, tensor), counted);
}

function matches(kit: NodeKit, tensor: string, pattern: string): string {
  return kit.textNode('RegexFullMatch', [tensor], { pattern: { text: pattern } });
}

function times(what: string, count: number): string {
  if (count <= repetitionsMax) return `${what}{${count}}`;
  const blocks = Math.floor(count / repetitionsMax);
  const rest = count % repetitionsMax;
  return `${`${what}{${repetitionsMax}}`.repeat(blocks)}${rest === 0 ? '' : `${what}{${rest}}`}`;
}

function upTo(what: string, count: number): string {
  return count === 0 ? '' : `${what}{0,${count}}`;
}
