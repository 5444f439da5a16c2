/** One answer; a fetch asks for far less, and a single batch of messages may be larger than was asked for. */
export const frameBytesMax = 64 * 1024 ** 2;
/** The number of the request that it answers. */
const frameBytesMin = 4;
const headBytes = 4;

/** Follows the lengths that stand before the answers of a broker; answers one that cannot be taken, or null. */
export function frameGuard(): (chunk: Buffer) => number | null {
  let head = Buffer.alloc(0);
  let rest = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (rest > 0) {
        const taken = Math.min(rest, chunk.length - at);
        rest -= taken;
        at += taken;
        continue;
      }
      const part = chunk.subarray(at, at + headBytes - head.length);
      head = Buffer.concat([head, part]);
      at += part.length;
      if (head.length < headBytes) return null;
      rest = head.readInt32BE(0);
      head = Buffer.alloc(0);
      if (rest < frameBytesMin || rest > frameBytesMax) return rest;
    }
    return null;
  };
}
