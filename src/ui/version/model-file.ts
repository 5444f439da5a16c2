import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { CommandContext } from '../../commands/base/context.ts';
import { versionFile, type OfVersion } from '../../commands/pages/version.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { attachment } from '../download/attachment.ts';

/** The ONNX file itself, sent while it is read. */
export async function modelFile(
  context: CommandContext,
  { model, version }: OfVersion,
  store: ArtifactStore | undefined,
): Promise<Response> {
  if (store === undefined)
    throw new PerennialError('unavailable', 'This process has no artifact store, so it cannot give the file.');
  const file = await versionFile(context, { model, version }, store);
  const { size } = await stat(file.path);
  // A web stream of Node is one of the platform; the two declarations differ in name only.
  const body = Readable.toWeb(createReadStream(file.path)) as ReadableStream<Uint8Array>;
  return attachment(`${model}-v${version}.onnx`, 'application/octet-stream', body, {
    'content-length': String(size),
    'repr-digest': `sha-256=:${Buffer.from(file.digest, 'hex').toString('base64')}:`,
  });
}
