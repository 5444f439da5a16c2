import { identityCorrection, parseCorrection, type Correction } from '../domain/rollout/correction.ts';

/** The correction of a digest, read from the artifact store; null for `identity`. Throws when it is damaged. */
export async function readCorrection(
  digest: string,
  readBytes: (digest: string) => Promise<Uint8Array>,
): Promise<Correction | null> {
  return digest === identityCorrection ? null : parseCorrection(new TextDecoder().decode(await readBytes(digest)));
}
