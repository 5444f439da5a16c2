import { rowsDecided } from '../../../../contracts/http/data/quarantine.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { commandFlags } from '../../../line/tell.ts';
import type { Verb } from '../../../line/verb.ts';
import { tellQuarantine } from './tell-quarantine.ts';
import { whereFlag, whereOf } from './where.ts';

export const quarantineDropVerb: Verb = {
  name: 'quarantine drop',
  about: 'Decide that quarantined rows will not be learnt from; at most 10,000 at once.',
  words: ['<snapshot>'],
  flags: [whereFlag, { name: 'all', kind: 'switch', about: 'Every open row.' }, ...commandFlags],
  examples: ['perennial quarantine drop 4be1c7d0 --where rule=row.shape --reason "half-written lines"'],
  async run(call) {
    const where = call.text('where');
    if ((where === null) !== call.isSet('all'))
      throw new PerennialError('invalid_request', '`perennial quarantine drop` takes --where, or --all.', {
        path: '--where',
        hint: 'See `perennial quarantine drop --help`.',
      });
    await tellQuarantine(call, 'drop', rowsDecided, whereOf(where));
  },
};
