import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { CommandContext } from '../../commands/base/context.ts';
import type { OfVersion } from '../../commands/record/version-card.ts';
import { versionFile } from '../../commands/record/version-file.ts';
import { attachment } from '../download/attachment.ts';

/** The ONNX file itself, sent while it is read. */
export async function modelFile(
  context: CommandContext,
  { model, version }: OfVersion,
  store: ArtifactStore | undefined,
): Promise<Response> {
  const { bytes, digest, open } = await versionFile(context, { model, version }, store);
  return attachment(`${model}-v${version}.onnx`, 'application/octet-stream', open(), {
    'content-length': String(bytes),
    'repr-digest': `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`,
  });
}
