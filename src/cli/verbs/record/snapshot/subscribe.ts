import type { Verb } from '../../../line/verb.ts';
import { modelFlags, modelOf, tellTag } from './tell-tag.ts';

export const snapshotSubscribeVerb: Verb = {
  name: 'snapshot subscribe',
  about: 'Train a model again whenever another one publishes under a tag; cooldown, budget and freezes still count.',
  words: ['<publisher>', '<tag>'],
  flags: modelFlags,
  examples: ['perennial snapshot subscribe fraud clean --model payments.chargeback'],
  async run(call) {
    const [publisher = '', tag = ''] = call.words;
    await tellTag(call, modelOf(call, 'snapshot subscribe'), 'subscriptions', { publisher, tag });
  },
};

export const snapshotUnsubscribeVerb: Verb = {
  name: 'snapshot unsubscribe',
  about: 'End a subscription.',
  words: ['<publisher>', '<tag>'],
  flags: modelFlags,
  examples: ['perennial snapshot unsubscribe fraud clean --model payments.chargeback'],
  async run(call) {
    const [publisher = '', tag = ''] = call.words;
    await tellTag(call, modelOf(call, 'snapshot unsubscribe'), 'subscriptions/end', { publisher, tag });
  },
};
