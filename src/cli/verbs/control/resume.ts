import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const resumeVerb: Verb = {
  name: 'resume',
  about: 'Let automatic trainings of a model start again.',
  words: ['<model>'],
  flags: commandFlags,
  examples: ['perennial resume fraud --reason "source was moved"'],
  run: (call) => tell(call, 'resume', {}),
};
