import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { tellWithReason } from './set.ts';

export const holdReleaseVerb: Verb = {
  name: 'hold release',
  about: 'End a legal hold: what has reached its end goes (admins only).',
  words: ['<model>'],
  flags: [...commandFlags],
  examples: ['perennial hold release fraud --reason "case 4711 is closed"'],
  run: (call) => tellWithReason(call, 'hold release', 'hold/release'),
};
