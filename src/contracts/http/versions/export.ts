import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A name within the folder of an export: one plain part, so that no answer leads out of it. */
const fileName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);

/** A version to be taken out: its small files as they are, its model file by digest, and the signature over all. */
export const versionExport = z.object({
  model: z.string(),
  version: z.int(),
  files: z.array(z.object({ name: fileName, text: z.string() })).max(20),
  modelFile: z.object({ name: fileName, digest, bytes: z.int() }),
  signature: z.object({ name: fileName, text: z.string(), keyFingerprint: digest }),
});
export type VersionExport = z.infer<typeof versionExport>;

/** Whom signatures of exports are of. */
export const signingKeyView = z.object({
  /** SubjectPublicKeyInfo as PEM. */
  publicKey: z.string(),
  /** SHA-256 of that text. */
  fingerprint: digest,
});
