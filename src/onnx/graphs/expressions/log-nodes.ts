import type { NodeKit } from './node-kit.ts';

/**
 * ONNX Runtime computes logarithms in packets and the last few of a batch by another routine, which differs in the last
 * bit: the same row would have another value alone than in a batch. Each value therefore fills a whole packet.
 */
const packet = 8;

/** log(1 + x), missing below 0: Kahan's, as the domain's `evaluate.ts` spells it. */
export function writeLog1p(kit: NodeKit, tensor: string): string {
  const one = kit.double(1);
  const value = kit.node('Where', kit.node('GreaterOrEqual', tensor, kit.double(0)), tensor, kit.double(NaN));
  const above = kit.node('Add', value, one);
  const wide = kit.node('Expand', above, kit.ints([1, packet]));
  const log = kit.nodeWith('Gather', [kit.node('Log', wide), kit.ints([0])], { axis: { int: 1 } });
  const corrected = kit.node('Mul', log, kit.node('Div', value, kit.node('Sub', above, one)));
  return kit.node('Where', kit.node('Equal', above, one), value, corrected);
}
