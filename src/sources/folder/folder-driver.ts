import path from 'node:path';
import { writeWithDigest } from '../../artifacts/digest.ts';
import type { FolderSource } from '../../domain/spec/source-spec.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { openWithin, refuseOutside } from '../file/within-roots.ts';
import { keyFilter } from '../objects/key-pattern.ts';
import { createObjectsSource, objectsCaveats } from '../objects/objects-source.ts';
import type { ListedObject, Objects } from '../objects/objects.ts';
import { printable } from '../objects/printable.ts';
import type { SourceDriver, SourcePlace } from '../port.ts';
import { listFolder, markOf } from './list-folder.ts';

const defaultSettleMs = 10_000;

/** A folder whose files are each read once, by name and digest; the port has the rest. */
export const folderDriver: SourceDriver<FolderSource> = {
  describe: (spec) => spec.path,

  declare({ kind, path: folder, ...options }) {
    return { word: kind, args: [folder, options] };
  },

  caveats: objectsCaveats,

  connect: (spec, place) =>
    createObjectsSource({
      objects: folderObjects(spec, place),
      format: spec.format,
      onRewrite: spec.onRewrite ?? 'report',
      store: place.store,
    }),
};

function folderObjects(spec: FolderSource, place: SourcePlace): Objects {
  const folder = path.resolve(place.roots[0] ?? path.sep, spec.path);
  const isMeant = keyFilter(spec.format, spec.pattern);
  return {
    nameOf: (key) => printable(key === null ? folder : path.join(folder, key)),
    refuseForeign: () => refuseOutside(folder, place),
    list: () => listFolder({ folder, place, isMeant, settleMs: spec.settleMs ?? defaultSettleMs }),
    read: (object, file) => read(path.join(folder, object.key), object, { file, place }),
  };
}

interface ReadAsk {
  /** Where its bytes go. */
  readonly file: string | null;
  readonly place: SourcePlace;
}

/** The open handle says before and after what was listed, or the copy may be half of one and half of another. */
async function read(from: string, { mark, bytes }: ListedObject, { file, place }: ReadAsk): Promise<string | null> {
  const handle = await openWithin(from, place).catch((error: unknown) => {
    if (isAbsent(isPerennialError(error) ? error.cause : error)) return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    if (markOf(await handle.stat({ bigint: true })) !== mark) return null;
    const written = await writeWithDigest(handle.createReadStream({ autoClose: false }), file);
    const isSame = written.bytes === bytes && markOf(await handle.stat({ bigint: true })) === mark;
    return isSame ? written.sha256 : null;
  } finally {
    await handle.close();
  }
}
