import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const pauseVerb: Verb = {
  name: 'pause',
  about: 'Stop automatic trainings of a model; serving and watching go on.',
  words: ['<model>'],
  flags: commandFlags,
  examples: ['perennial pause fraud --reason "source is being moved"'],
  run: (call) => tell(call, 'pause', {}),
};
