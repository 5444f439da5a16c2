import type { Call, Verb } from '../../../line/verb.ts';
import { modelFlags, modelOf, tellTag } from './tell-tag.ts';

export const snapshotPublishVerb: Verb = {
  name: 'snapshot publish',
  about: 'Offer what a tag names to other models, as its next edition: those that subscribe train again.',
  words: ['<tag>'],
  flags: [
    {
      name: 'readers',
      kind: 'text',
      value: 'GLOBS',
      about: 'Models whose readers may read it, by commas; as it was when left out, "" for nobody.',
    },
    {
      name: 'subscribers',
      kind: 'text',
      value: 'GLOBS',
      about: 'Models that may subscribe, and read; as they were when left out, "" for nobody.',
    },
    ...modelFlags,
  ],
  examples: ['perennial snapshot publish clean --model fraud --subscribers "payments.*"'],
  async run(call) {
    const [tag = ''] = call.words;
    const globs = { ...globsOf(call, 'readers'), ...globsOf(call, 'subscribers') };
    const path = `snapshot-tags/${encodeURIComponent(tag)}/publish`;
    await tellTag(call, modelOf(call, 'snapshot publish'), path, globs);
  },
};

export const snapshotUnpublishVerb: Verb = {
  name: 'snapshot unpublish',
  about: 'Withdraw what is published under a tag: nobody outside reads it, and it starts no training.',
  words: ['<tag>'],
  flags: modelFlags,
  examples: ['perennial snapshot unpublish clean --model fraud --reason "labels were wrong"'],
  async run(call) {
    const [tag = ''] = call.words;
    const path = `snapshot-tags/${encodeURIComponent(tag)}/unpublish`;
    await tellTag(call, modelOf(call, 'snapshot unpublish'), path, {});
  },
};

function globsOf(call: Call, name: 'readers' | 'subscribers'): Record<string, readonly string[]> {
  const text = call.text(name);
  if (text === null) return {};
  const globs = text.split(',').map((glob) => glob.trim());
  return { [name]: globs.filter((glob) => glob !== '') };
}
