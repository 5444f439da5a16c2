import { rowsReplayed } from '../../../../contracts/http/data/quarantine.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { tellQuarantine } from './tell-quarantine.ts';

export const quarantineReplayVerb: Verb = {
  name: 'quarantine replay',
  about: 'Check the open rows again, as edited; those that pass become a dataset that continues the history.',
  words: ['<snapshot>'],
  flags: commandFlags,
  examples: ['perennial quarantine replay 4be1c7d0 --reason "countries were written out"'],
  run: (call) => tellQuarantine(call, 'replay', rowsReplayed, {}),
};
