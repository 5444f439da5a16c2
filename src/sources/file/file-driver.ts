import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { sha256OfFile } from '../../artifacts/digest.ts';
import type { FileSource } from '../../domain/spec/source-spec.ts';
import type { Cursor, Source, SourceBatch, SourceDriver, SourceIdentity, SourcePlace } from '../port.ts';
import { sizeOfReadable } from './size-of-readable.ts';

/** One file that is always read whole: its digest is its identity, and the cursor behind it. */
export const fileDriver: SourceDriver<FileSource> = {
  describe: (spec) => spec.path,

  declare({ path: file, format, rowsMax, traffic }) {
    const options = { ...(rowsMax === undefined ? {} : { rowsMax }), ...(traffic === undefined ? {} : { traffic }) };
    return { word: format, args: Object.keys(options).length === 0 ? [file] : [file, options] };
  },

  connect: (spec, place) => connect(spec, place),
};

function connect(spec: FileSource, { rootDir }: SourcePlace): Source {
  const file = path.resolve(rootDir, spec.path);

  async function identify(): Promise<SourceIdentity & { readonly bytes: number }> {
    const bytes = await sizeOfReadable(file);
    return { digest: await sha256OfFile(file), bytes };
  }

  /** The copy is what is named and read, so a file that changes meanwhile cannot pass for another. */
  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    await sizeOfReadable(file);
    await mkdir(folder, { recursive: true });
    const copy = path.join(folder, 'source');
    await copyFile(file, copy);
    const digest = await sha256OfFile(copy);
    if (digest === from) return;
    yield {
      name: file,
      path: copy,
      format: spec.format,
      rowsMax: spec.rowsMax ?? null,
      covers: 'whole',
      sourceDigest: digest,
      next: digest,
    };
  }

  return {
    identify,
    open,
    async lag(from) {
      const { digest, bytes } = await identify();
      return { unread: digest === from ? 0 : bytes, unit: 'bytes' };
    },
  };
}
