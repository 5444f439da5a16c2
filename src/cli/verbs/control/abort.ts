import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const abortVerb: Verb = {
  name: 'abort',
  about: 'Take the challenger out; the champion answers everything again.',
  words: ['<model>'],
  flags: commandFlags,
  examples: ['perennial abort fraud --reason "wrong on small amounts"'],
  run: (call) => tell(call, 'abort', {}),
};
