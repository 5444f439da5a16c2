import { sayMany, sayNumber, sayShare } from '../../words/say.ts';

/** What of a slice is said in one line. */
export interface SaidSlice {
  readonly name: string;
  readonly rows: number;
  readonly rowShare: number;
  readonly failed: number;
  readonly missingShare: number | null;
  readonly unseenShare: number | null;
  readonly scoreMean: number | null;
  readonly confidenceMean: number | null;
  readonly latencyMeanMs: number | null;
  readonly metric: string;
  readonly labelledRows: number;
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly decay: { readonly verdict: string } | null;
}

/** `abroad: 120 rows (24 % of the window), mean score 0.31; logLoss 0.42 on its latest 300 labelled rows; steady` */
export function saySlice(slice: SaidSlice): string {
  const { name, rows, rowShare, failed, missingShare, unseenShare, scoreMean, confidenceMean, latencyMeanMs } = slice;
  const counted = [
    `${sayMany(rows, 'row')} (${sayShare(rowShare)} of the window)`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(scoreMean === null ? [] : [`mean score ${sayNumber(scoreMean)}`]),
    ...(confidenceMean === null ? [] : [`mean confidence ${sayNumber(confidenceMean)}`]),
    ...(missingShare === null ? [] : [`missing ${sayShare(missingShare)}`]),
    ...(unseenShare === null || unseenShare === 0 ? [] : [`unseen ${sayShare(unseenShare)}`]),
    ...(latencyMeanMs === null ? [] : [`${sayNumber(latencyMeanMs)} ms`]),
  ];
  const verdict = slice.decay === null ? '' : `; ${sliceWords(slice.decay.verdict)}`;
  return `${name}: ${counted.join(', ')}; ${sayFigure(slice)}${verdict}`;
}

/** `insufficient` in the words of a table. */
export function sliceWords(verdict: string): string {
  return verdict === 'insufficient' ? 'not enough rows' : verdict;
}

function sayFigure({ metric, labelledRows, value, lower, upper }: SaidSlice): string {
  const on = `on its latest ${sayMany(labelledRows, 'labelled row')}`;
  if (value === null) return `${metric} not enough ${on}`;
  const interval = lower === null || upper === null ? '' : ` (${sayNumber(lower)} to ${sayNumber(upper)})`;
  return `${metric} ${sayNumber(value)}${interval} ${on}`;
}
