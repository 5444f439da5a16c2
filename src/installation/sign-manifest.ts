import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import type { BackupKey } from '../db/installation/backup-key.ts';
import { canonicalJson } from '../domain/words/canonical.ts';

/** What stands in a manifest beside what it says: who signed it, and Ed25519 over its canonical form; base64url. */
export const manifestSignature = z.object({
  publicKey: z.string().regex(/^[\w-]{43}$/),
  value: z.string().regex(/^[\w-]{86}$/),
});

const curve = { kty: 'OKP', crv: 'Ed25519' } as const;

export function newBackupKey(): BackupKey {
  const { x = '', d = '' }: JsonWebKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { publicKey: x, privateKey: d };
}

export function signManifest(said: object, { publicKey, privateKey }: BackupKey): z.infer<typeof manifestSignature> {
  const key = createPrivateKey({ key: { ...curve, x: publicKey, d: privateKey }, format: 'jwk' });
  return { publicKey, value: sign(null, Buffer.from(canonicalJson(said)), key).toString('base64url') };
}

/** True when the key signed just what the manifest says, also what a later release may say in it. */
export function isSigned(
  manifest: Readonly<Record<string, unknown>>,
  { publicKey, value }: z.infer<typeof manifestSignature>,
): boolean {
  const { signature: _, ...said } = manifest;
  const key = createPublicKey({ key: { ...curve, x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(canonicalJson(said)), key, Buffer.from(value, 'base64url'));
}
