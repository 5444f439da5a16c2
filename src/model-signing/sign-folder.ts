import { sign } from 'node:crypto';
import type { SigningKey } from './signing-key.ts';
import { statementOf, type SignedFile } from './statement.ts';

const payloadType = 'application/vnd.in-toto+json';

/**
 * The text of `model.sig`: a Sigstore bundle 0.3 whose DSSE envelope holds the statement, signed by an elliptic key.
 * Its bytes are others each time, since ECDSA draws a number; what it says is the same.
 */
export function signFolder(model: string, files: readonly SignedFile[], key: SigningKey): string {
  const payload = Buffer.from(JSON.stringify(statementOf(model, files)));
  const signature = sign(key.hash, preAuthenticated(payload), { key: key.privateKey, dsaEncoding: 'der' });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: key.fingerprint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  });
}

/** Pre-authentication encoding: what DSSE signs is the payload with its type (secure-systems-lab/dsse, v1.0.0). */
function preAuthenticated(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}
