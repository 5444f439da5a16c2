import { snapshotVerified } from '../../../../contracts/http/data/snapshots.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { shortInstant } from '../../../../domain/words/columns.ts';
import { sayMany } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

/** Every byte is read, in turn with others who ask. */
const limitMs = 300_000;

export const snapshotVerifyVerb: Verb = {
  name: 'snapshot verify',
  about: 'Check that every byte of a dataset, and of all that it continues, is what its name says.',
  words: ['<digest>'],
  flags: [],
  examples: ['perennial snapshot verify 4be1c7d0'],
  async run({ words: [digest = ''], config, out }) {
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/verify`;
    const found = await request(snapshotVerified, { method: 'GET', url, token: stack.token, limitMs });
    out.json(found);
    const wrong = found.files.filter(({ state }) => state !== 'whole');
    for (const { sha256, state } of wrong) out.line(`${sha256}  ${state}`);
    for (const { digest: erased, rows, erasedAt, erasureId } of found.erased)
      out.line(`${erased}  erased: ${rows} rows went ${shortInstant(erasedAt)} by erasure ${erasureId}`);
    for (const one of found.wrongManifests) out.line(`${one}  its manifest is not what its digest names`);
    if (!found.isWhole)
      throw new PerennialError(
        'artifact_corrupt',
        `${sayMany(wrong.length, 'file')} of snapshot ${found.digest.slice(0, 16)} cannot be trusted.`,
        { path: found.digest },
      );
    out.line(`Whole: ${sayMany(found.files.length, 'file')} of ${sayMany(found.snapshots, 'snapshot')}.`);
  },
};
