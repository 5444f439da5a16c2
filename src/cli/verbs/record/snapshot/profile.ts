import { snapshotProfileAnswer } from '../../../../contracts/http/data/snapshot-profile.ts';
import { snapshotList } from '../../../../contracts/http/data/snapshots.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';
import { profileLines } from './tell-profile.ts';

/** Every row is read, in turn with others who ask. */
const limitMs = 300_000;

export const snapshotProfileVerb: Verb = {
  name: 'snapshot profile',
  about: 'How the rows of a dataset look, with all that it continues: columns, gaps, pairs, drift, what leaks.',
  words: ['<digest>'],
  flags: [{ name: 'model', kind: 'text', value: 'NAME', about: 'Whose dataset, for `latest` in place of a digest.' }],
  examples: ['perennial snapshot profile 4be1c7d0', 'perennial snapshot profile latest --model fraud --json'],
  async run({ words: [asked = ''], config, out, text }) {
    const stack = await findStack(config);
    const ask = { method: 'GET', token: stack.token } as const;
    const latest = async (): Promise<string> => {
      const model = text('model');
      if (model === null) throw new PerennialError('invalid_request', '`latest` needs the model.', { path: '--model' });
      const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/snapshots?limit=1`;
      const [newest] = (await request(snapshotList, { ...ask, url })).snapshots;
      if (newest !== undefined) return newest.digest;
      throw new PerennialError('not_found', `Model "${model}" has no snapshot yet.`, { path: '--model' });
    };
    const digest = asked === 'latest' ? await latest() : asked;
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/profile`;
    const answer = await request(snapshotProfileAnswer, { ...ask, url, limitMs });
    for (const line of profileLines(answer)) out.line(line);
    out.json(answer);
  },
};
