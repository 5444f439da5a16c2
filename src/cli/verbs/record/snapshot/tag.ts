import { PerennialError } from '../../../../domain/words/errors.ts';
import type { Verb } from '../../../line/verb.ts';
import { modelFlags, modelOf, tellTag } from './tell-tag.ts';

export const snapshotTagVerb: Verb = {
  name: 'snapshot tag',
  about: 'Name a dataset, or move the name to it; while it is named, retention keeps its files.',
  words: ['<tag>', '[digest]'],
  flags: [
    { name: 'undo', kind: 'switch', about: 'Move it back to where it was before its last move.' },
    { name: 'remove', kind: 'switch', about: 'Take it away; its history stays.' },
    ...modelFlags,
  ],
  examples: [
    'perennial snapshot tag clean 4be1c7d0 --model fraud',
    'perennial snapshot tag clean --undo --model fraud',
  ],
  async run(call) {
    const [tag = '', digest] = call.words;
    const model = modelOf(call, 'snapshot tag');
    const asked = [digest !== undefined, call.isSet('undo'), call.isSet('remove')].filter(Boolean).length;
    if (asked !== 1)
      throw new PerennialError('invalid_request', '`perennial snapshot tag` takes a digest, --undo or --remove.', {
        path: 'digest',
        hint: 'See `perennial snapshot tag --help`.',
      });
    const path = `snapshot-tags/${encodeURIComponent(tag)}`;
    if (digest !== undefined) await tellTag(call, model, path, { digest });
    else await tellTag(call, model, `${path}/${call.isSet('undo') ? 'undo' : 'remove'}`, {});
  },
};
