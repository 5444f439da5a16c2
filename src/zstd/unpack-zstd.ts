import xxhash from 'xxhash-wasm';
import { FrameReader } from './frame-reader.ts';

/**
 * What packed bytes unpack to, as they come: at most one block and the window of a frame are held, and nothing is read
 * on before what there is was taken. Checksums are held. Throws as `FrameReader` does.
 */
export async function* unpackZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  const { create64 } = await xxhash();
  const frames = new FrameReader(() => create64());
  for await (const chunk of packed) yield* frames.read(chunk);
  frames.end();
}

/**
 * One packed message, as whole; of more than `bytesMax` nothing is unpacked any further. Checksums of frames are not
 * held: for messages that come with one of their own. Throws as `FrameReader` does, and for what is larger.
 */
export function unpackZstdMessage(packed: Buffer, bytesMax: number): Buffer {
  const frames = new FrameReader(null, bytesMax);
  const blocks: Uint8Array[] = [];
  let bytes = 0;
  for (const block of frames.read(packed)) {
    bytes += block.length;
    if (bytes > bytesMax) throw new RangeError('too large');
    blocks.push(block);
  }
  frames.end();
  return Buffer.concat(blocks, bytes);
}
