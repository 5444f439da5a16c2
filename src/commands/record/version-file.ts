import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { authorise } from '../../access/principal.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { versionOf } from '../../db/views/views-versions.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import type { OfVersion } from './version-card.ts';

export interface VersionFile {
  readonly digest: string;
  readonly bytes: number;
  /** The file, sent while it is read. */
  readonly open: () => ReadableStream<Uint8Array>;
}

/**
 * The ONNX file of a version. The digest comes from its row; no word of a client ever becomes a path. Throws
 * `version_not_found`, what the store throws of a file that is gone, and `unavailable` without a store.
 */
export async function versionFile(
  context: CommandContext,
  input: OfVersion,
  store: Pick<ArtifactStore, 'pathOf'> | undefined,
): Promise<VersionFile> {
  authorise(context.principal, 'operate', input.model);
  if (store === undefined)
    throw new PerennialError('unavailable', 'This process has no artifact store, so it cannot give the file.');
  const { modelDigest } = await versionOf(context.database.db, input.model, input.version);
  const path = await store.pathOf(modelDigest);
  const { size } = await stat(path);
  return {
    digest: modelDigest,
    bytes: size,
    // A web stream of Node is one of the platform; the two declarations differ in name only.
    open: () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>,
  };
}
