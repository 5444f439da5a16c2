import { commandFlags, tell } from '../../line/tell.ts';
import type { Verb } from '../../line/verb.ts';

export const approveVerb: Verb = {
  name: 'approve',
  about: 'Promote the challenger of the rollout that is under way or held.',
  words: ['<model>'],
  flags: commandFlags,
  examples: ['perennial approve fraud --reason "reviewed the slices"'],
  run: (call) => tell(call, 'approve', {}),
};
