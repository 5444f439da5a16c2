import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { tellWithReason } from '../../record/hold/set.ts';

export const bestResetVerb: Verb = {
  name: 'best reset',
  about: 'Hold a model no longer against the best that it ever was: the best begins anew.',
  words: ['<model>'],
  flags: [...commandFlags],
  examples: ['perennial best reset fraud --reason "the cheap signals are gone for good"'],
  run: (call) => tellWithReason(call, 'best reset', 'best/reset'),
};
