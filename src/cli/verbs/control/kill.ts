import { commandFlags } from '../../line/tell.ts';
import { allFlag, tellOneOrAll } from './freeze.ts';
import type { Verb } from '../../line/verb.ts';

export const killVerb: Verb = {
  name: 'kill',
  about: 'Kill switch: back at once to the last version that a person approved, the challenger out, and frozen.',
  words: ['[model]'],
  flags: [allFlag, ...commandFlags],
  examples: [
    'perennial kill fraud --reason "declines everybody"',
    'perennial kill --all --reason "bad feed since noon"',
  ],
  run: (call) => tellOneOrAll(call, 'kill'),
};
