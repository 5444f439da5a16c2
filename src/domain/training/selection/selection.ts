import { listNames } from '../../words/nearest-name.ts';
import { sayMany, sayNumber, sayShare } from '../../words/say.ts';

/** How a training chose between its fits, where anything but the share of history was to be chosen. */
export interface Selection {
  /** Number features that tell how late a row is, and what became of them; absent where there are none. */
  readonly clocks?: ClockFinding;
  /** Rows this share of the history older count half in the chosen fit; absent where all count alike. */
  readonly halfLife?: number;
  /**
   * Validation rows that chose where the others had to be learnt from: no fit without them was better than the prior.
   * Absent where all of them chose.
   */
  readonly newestRows?: number;
  /** No fit was better than the prior on the validation rows, so the candidate answers as the prior does. */
  readonly isPrior?: true;
}

export interface ClockFinding {
  /** All that are suspected, in the order of the definition. */
  readonly suspected: readonly string[];
  /** Those that the model does not read, although it takes them. */
  readonly withheld: readonly string[];
  /** Lowest loss on the validation rows (log loss, or RMSE in the unit of the target) of a fit that reads all. */
  readonly lossWith: number;
  /** The same of a fit that does not read some or all of the suspected ones. */
  readonly lossWithout: number;
}

/** One sentence per finding; none where nothing was to be chosen. */
export function saySelection({ clocks, halfLife, newestRows, isPrior }: Selection): readonly string[] {
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
  ];
}

function sayClocks({ suspected, withheld, lossWith, lossWithout }: ClockFinding): string {
  const losses = `loss on the validation rows ${sayNumber(lossWithout)} without, ${sayNumber(lossWith)} with`;
  return withheld.length === 0
    ? `The model reads ${listNames(suspected)}, which may only tell how late a row is (${losses}).`
    : `The model does not read ${listNames(withheld)}, which may only tell how late a row is (${losses}).`;
}
