import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const retrainVerb: Verb = {
  name: 'retrain',
  // What people try first.
  aliases: ['train'],
  about: 'Ask a model to train now; it decides and stores its reason.',
  words: ['<model>'],
  flags: [
    { name: 'no-rollout', kind: 'switch', about: 'End with the version: compared, not released.' },
    ...commandFlags,
  ],
  examples: ['perennial retrain fraud --reason "new pricing"', 'perennial retrain fraud --no-rollout'],
  run: (call) => tell(call, 'retrain', { rollout: !call.isSet('no-rollout') }),
};
