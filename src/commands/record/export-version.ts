import { createHash } from 'node:crypto';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { VersionExport } from '../../contracts/http/versions/export.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import { documentOf } from '../../domain/record/card/document-of.ts';
import { writeHtml } from '../../domain/record/card/write-html.ts';
import { writeMarkdown } from '../../domain/record/card/write-markdown.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { signFolder } from '../../model-signing/sign-folder.ts';
import type { SigningKey } from '../../model-signing/signing-key.ts';
import { signatureFile } from '../../model-signing/statement.ts';
import { productVersion } from '../../product-version.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf } from '../base/run-command.ts';
import { versionCard, type OfVersion } from './version-card.ts';
import { versionFile } from './version-file.ts';

export interface ExportPlace {
  readonly store?: Pick<ArtifactStore, 'pathOf'>;
  /** Reads the key, or makes it. */
  readonly signingKey?: () => Promise<SigningKey>;
}

const modelFileName = 'model.onnx';

/**
 * A version as a signed folder: its file, its card, its definition, a manifest, and the signature of OpenSSF Model
 * Signing over all of them. It is written into the audit, with the fingerprint of the key. Throws as `versionFile`, and
 * `configuration` where there is no key to sign with.
 */
export async function exportVersion(
  context: CommandContext,
  input: OfVersion,
  { store, signingKey }: ExportPlace,
): Promise<VersionExport> {
  const file = await versionFile(context, input, store);
  if (signingKey === undefined)
    throw new PerennialError('unavailable', 'This process has no key, so it cannot sign an export.');
  const key = await signingKey();
  const card = await versionCard(context, input);
  const { spec } = await readSpecRevision(context.database.db, input.model, card.specRevision);
  const document = documentOf(card);
  const written = [
    { name: 'card.html', text: writeHtml(document) },
    { name: 'card.json', text: pretty(card) },
    { name: 'card.md', text: writeMarkdown(document) },
    { name: 'spec.json', text: pretty(spec) },
  ];
  const listed = [
    ...written.map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text), digest: sha256(text) })),
    { name: modelFileName, bytes: file.bytes, digest: file.digest },
  ];
  const manifest = pretty({ formatVersion: 1, ...input, perennial: productVersion, files: listed });
  const signed = [...listed, { name: 'manifest.json', digest: sha256(manifest) }];
  const signature = signFolder(`${input.model}-v${input.version}`, signed, key);
  await note(context, input, { modelDigest: file.digest, key: key.fingerprint });
  return {
    ...input,
    files: [...written, { name: 'manifest.json', text: manifest }],
    modelFile: { name: modelFileName, digest: file.digest, bytes: file.bytes },
    signature: { name: signatureFile, text: signature, keyFingerprint: key.fingerprint },
  };
}

async function note(
  context: CommandContext,
  { model, version }: OfVersion,
  data: { readonly modelDigest: string; readonly key: string },
): Promise<void> {
  await withTransaction(context.database, (tx) =>
    appendAudit(tx, {
      type: 'perennial.version.exported',
      model,
      subject: { of: 'version', model, version },
      actor: actorOf(context),
      reason: `v${version} as a signed folder`,
      data,
    }),
  );
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
