import type { Verb } from '../../../line/verb.ts';
import { modelFlags, modelOf, tellTag } from './tell-tag.ts';

export const snapshotSubscribeVerb = subscriptionVerb(
  'subscribe',
  'Train a model again whenever another one publishes under a tag; cooldown, budget and freezes still count.',
  'subscriptions',
);

export const snapshotUnsubscribeVerb = subscriptionVerb('unsubscribe', 'End a subscription.', 'subscriptions/end');

function subscriptionVerb(word: 'subscribe' | 'unsubscribe', about: string, path: string): Verb {
  const name = `snapshot ${word}`;
  return {
    name,
    about,
    words: ['<publisher>', '<tag>'],
    flags: modelFlags,
    examples: [`perennial ${name} fraud clean --model payments.chargeback`],
    async run(call) {
      const [publisher = '', tag = ''] = call.words;
      await tellTag(call, modelOf(call, name), path, { publisher, tag });
    },
  };
}
