import type { SigningKey } from '../../model-signing/signing-key.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ExportPlace } from './export-version.ts';

/** The public half of the key that signs exports, for whoever may read anything. Throws as `exportVersion`. */
export async function showSigningKey({
  signingKey,
}: Pick<ExportPlace, 'signingKey'>): Promise<Pick<SigningKey, 'publicKey' | 'fingerprint'>> {
  if (signingKey === undefined)
    throw new PerennialError('unavailable', 'This process has no key, so it cannot sign an export.');
  const { publicKey, fingerprint } = await signingKey();
  return { publicKey, fingerprint };
}
