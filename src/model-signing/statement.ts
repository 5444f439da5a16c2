import { createHash } from 'node:crypto';

/** A file of a signed folder. */
export interface SignedFile {
  /** Within the folder, with `/` between its parts. */
  readonly name: string;
  /** SHA-256 of its bytes, 64 hex digits. */
  readonly digest: string;
}

/** What the signature covers is told beside it, not in it. */
export const signatureFile = 'model.sig';

/** Left alone by verifiers: the signature itself, and what tools of version control leave in a folder. */
const ignoredPaths = [signatureFile, '.git', '.gitattributes', '.github', '.gitignore'];

/**
 * The in-toto statement of OpenSSF Model Signing 1.0 over these files: one subject, whose digest is the SHA-256 of the
 * digests of all files in the order of their names, and the files under `resources`.
 */
export function statementOf(model: string, files: readonly SignedFile[]): object {
  const resources = files
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, digest }) => ({ name, algorithm: 'sha256', digest }));
  const root = createHash('sha256');
  for (const { digest } of resources) root.update(Buffer.from(digest, 'hex'));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: model, digest: { sha256: root.digest('hex') } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: ignoredPaths },
      resources,
    },
  };
}
