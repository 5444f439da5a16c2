import { commandFlags } from '../../line/tell.ts';
import { allFlag, tellOneOrAll } from './freeze.ts';
import type { Verb } from '../../line/verb.ts';

export const thawVerb: Verb = {
  name: 'thaw',
  about: 'End a freeze; what was held goes on by itself.',
  words: ['[model]'],
  flags: [allFlag, ...commandFlags],
  examples: [
    'perennial thaw fraud --reason "closing is done"',
    'perennial thaw --all --reason "incident 4711 is over"',
  ],
  run: (call) => tellOneOrAll(call, 'thaw'),
};
