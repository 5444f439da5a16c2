import { commandFlags, tell } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { reasonOf } from '../freeze.ts';

export const abTestStopVerb: Verb = {
  name: 'ab-test stop',
  about: 'End the A/B test of a model at once; nothing is promoted.',
  words: ['<model>'],
  flags: commandFlags,
  examples: ['perennial ab-test stop fraud --reason "the campaign is over"'],
  async run(call) {
    reasonOf(call, 'ab-test stop');
    await tell(call, 'ab-test/stop', {});
  },
};
