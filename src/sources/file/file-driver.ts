import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sha256OfFile, sha256OfStream } from '../../artifacts/digest.ts';
import type { FileSource } from '../../domain/spec/source-spec.ts';
import type { Cursor, Source, SourceBatch, SourceDriver, SourceIdentity, SourcePlace } from '../port.ts';
import { refusal } from './refusal.ts';
import { openWithin, refuseOutside } from './within-roots.ts';

/** A sample is taken of a copy, as everything is. */
const sampleBytesMax = 1024 ** 3;

/** One file that is always read whole: its digest is its identity, and the cursor behind it. */
export const fileDriver: SourceDriver<FileSource> = {
  describe: (spec) => spec.path,

  declare({ path: file, format, rowsMax, traffic, encoding, freshMs }) {
    const options = {
      ...(rowsMax === undefined ? {} : { rowsMax }),
      ...(traffic === undefined ? {} : { traffic }),
      ...(encoding === undefined ? {} : { encoding }),
      ...(freshMs === undefined ? {} : { freshMs }),
    };
    return { word: format, args: Object.keys(options).length === 0 ? [file] : [file, options] };
  },

  connect: (spec, place) => connect(spec, place),
};

function connect(spec: FileSource, place: SourcePlace): Source {
  const file = path.resolve(place.roots[0] ?? path.sep, spec.path);

  async function identify(): Promise<SourceIdentity & { readonly bytes: number }> {
    const handle = await openWithin(file, place);
    try {
      const { size } = await handle.stat();
      return { digest: await sha256OfStream(handle.createReadStream({ autoClose: false })), bytes: size };
    } finally {
      await handle.close();
    }
  }

  /** The copy is what is named and read, so a file that changes meanwhile cannot pass for another. */
  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    const copy = path.join(folder, 'source');
    const handle = await openWithin(file, place);
    try {
      await mkdir(folder, { recursive: true });
      await pipeline(handle.createReadStream({ autoClose: false }), createWriteStream(copy));
    } finally {
      await handle.close();
    }
    const digest = await sha256OfFile(copy);
    if (digest === from) return;
    yield {
      name: file,
      path: copy,
      format: spec.format,
      ...(spec.encoding === undefined ? {} : { encoding: spec.encoding }),
      rowsMax: spec.rowsMax ?? null,
      covers: 'whole',
      sourceDigest: digest,
      contentDigest: digest,
      next: digest,
    };
  }

  return {
    refuseForeign: () => refuseOutside(file, place),
    identify,
    open,
    async sample(_, folder) {
      const handle = await openWithin(file, place);
      const { size } = await handle.stat().finally(() => handle.close());
      if (size > sampleBytesMax)
        throw refusal(file, 'is larger than 1 GiB, of which no sample is taken', 'Try a file with its first rows.');
      for await (const batch of open(null, folder)) return batch;
      return null;
    },
    async lag(from) {
      const { digest, bytes } = await identify();
      return { unread: digest === from ? 0 : bytes, unit: 'bytes' };
    },
  };
}
