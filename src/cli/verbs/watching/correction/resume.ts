import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { tellWithReason } from '../../record/hold/set.ts';

export const correctionResumeVerb: Verb = {
  name: 'correction resume',
  about: 'Let go of a correction that was put back: the watch may change it again.',
  words: ['<model>'],
  flags: [...commandFlags],
  examples: ['perennial correction resume fraud --reason "the labels are mended"'],
  run: (call) => tellWithReason(call, 'correction resume', 'correction/resume'),
};
