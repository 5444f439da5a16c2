import type { FitFact } from '../external/say-external-fit.ts';
import { listNames } from '../../words/nearest-name.ts';
import { sayMany, sayNumber, sayShare } from '../../words/say.ts';
import { sayFeatures } from './say-features.ts';
import type { ClockFinding, Selection } from './selection.ts';

/** One sentence per finding; none where nothing was to be chosen. */
export function saySelection({ clocks, halfLife, newestRows, isPrior, features }: Selection): readonly string[] {
  return [
    ...(clocks === undefined ? [] : [sayClocks(clocks)]),
    ...(halfLife === undefined ? [] : [`Rows ${sayShare(halfLife)} of the history older count half.`]),
    ...(newestRows === undefined
      ? []
      : [
          `The newest ${sayMany(newestRows, 'validation row')} chose the fit: ` +
            `without the older ones no fit was better than the prior.`,
        ]),
    ...(isPrior === undefined ? [] : ['No fit was better than the prior on the validation rows.']),
    ...(features === undefined ? [] : sayFeatures(features)),
  ];
}

/** As one fact of a version, on its page and card; none where nothing was to be chosen. */
export function selectionFacts(selection: Selection | undefined): readonly FitFact[] {
  return selection === undefined ? [] : [{ name: 'How it was chosen', text: saySelection(selection).join(' ') }];
}

function sayClocks({ suspected, withheld, lossWith, lossWithout }: ClockFinding): string {
  const losses = `loss on the validation rows ${sayNumber(lossWithout)} without, ${sayNumber(lossWith)} with`;
  return withheld.length === 0
    ? `The model reads ${listNames(suspected)}, which may only tell how late a row is (${losses}).`
    : `The model does not read ${listNames(withheld)}, which may only tell how late a row is (${losses}).`;
}
