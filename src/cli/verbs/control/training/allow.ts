import { commandFlags, tell } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';

export const trainingAllowVerb: Verb = {
  name: 'training allow',
  about: 'Let a suspicion of leakage go: later trainings of the model go on in spite of it.',
  words: ['<model>', '<suspicion>'],
  flags: commandFlags,
  examples: ['perennial training allow fraud discount:target-copy --reason "agreed when the order is placed"'],
  run: (call) => tell(call, 'training-allowances', { suspicion: call.words[1] ?? '' }),
};

export const trainingRevokeVerb: Verb = {
  name: 'training revoke',
  about: 'Take an allowance back: trainings stop at that suspicion again.',
  words: ['<model>', '<suspicion>'],
  flags: commandFlags,
  examples: ['perennial training revoke fraud discount:target-copy --reason "it is written at the refund"'],
  run: (call) => tell(call, 'training-allowances/revoke', { suspicion: call.words[1] ?? '' }),
};
