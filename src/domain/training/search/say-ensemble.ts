import type { FitFact } from '../external/say-external-fit.ts';
import { sayMany, sayNumber, sayShare } from '../../words/say.ts';
import type { Ensemble } from './ensemble.ts';

/** What became of an ensemble, in one sentence. */
export function sayEnsemble({ isTaken, why, members, held }: Ensemble): string {
  const losses =
    held === undefined
      ? ''
      : ` (loss ${sayNumber(held.loss)}, of the best trial alone ${sayNumber(held.lossOfBest)}, ` +
        `on ${sayMany(held.rows, 'validation row')} that did not choose)`;
  if (!isTaken) return `The best trial answers alone: ${why ?? 'no ensemble was chosen'}${losses}.`;
  const said = members.map(({ number, weight, settings }) => `trial ${number} (${settings.kind}) ${sayShare(weight)}`);
  return `The mean of ${sayMany(members.length, 'trial')} answers: ${said.join(', ')}${losses}.`;
}

/** As one fact of a version, on its page and card; none where no ensemble was asked for. */
export function ensembleFacts(ensemble: Ensemble | undefined): readonly FitFact[] {
  return ensemble === undefined ? [] : [{ name: 'Ensemble', text: sayEnsemble(ensemble) }];
}
