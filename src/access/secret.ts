import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The prefix lets secret scanners find a token that has leaked into a repository. */
const prefix = 'prn_';
const secretPattern = /^prn_[A-Za-z0-9_-]{43}$/;

/** 256 random bits, base64url. Shown once; only its hash is kept. */
export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** The key that signs to one receiver: 256 random bits, base64, shown behind the prefix of Standard Webhooks. */
export function newSigningSecret(): { readonly secret: string; readonly shown: string } {
  const secret = randomBytes(32).toString('base64');
  return { secret, shown: `whsec_${secret}` };
}

/** False for anything that cannot be a token: such text is not worth a query. */
export function isSecretShaped(text: string): boolean {
  return secretPattern.test(text);
}

/** SHA-256, hex. No salt or stretching: the secret is 256 random bits, not a password. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares two hex digests in constant time. */
export function isSameHash(left: string, right: string): boolean {
  const a = Buffer.from(left, 'hex');
  const b = Buffer.from(right, 'hex');
  return a.length === 32 && a.length === b.length && timingSafeEqual(a, b);
}

/** The secret of `Authorization: Bearer <secret>`; null when the header is missing or is something else. */
export function bearerOf(header: string | undefined): string | null {
  const match = /^Bearer +(\S{1,256}) *$/i.exec(header ?? '');
  return match?.[1] ?? null;
}
