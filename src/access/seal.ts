import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Text that only whoever holds the same secret and name can read again (AES-256-GCM; the key by HKDF of both). A kept
 * answer may hold the secret of a new token: the database must not be able to tell it.
 */
export function seal(text: string, secret: string, name: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, name), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The text; null when it was sealed with another secret or name, or was changed. */
export function unseal(sealed: string, secret: string, name: string): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < 28) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, name), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

function keyOf(secret: string, name: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, name, 'perennial kept answer', 32));
}
