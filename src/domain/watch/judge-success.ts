import { titleOf } from '../metrics/metrics.ts';
import type { ScoredRows } from '../metrics/scored-rows.ts';
import { sayBound } from '../spec/gates/success-criterion.ts';
import type { SuccessCriterion } from '../spec/spec.ts';
import { sampleOf } from '../training/gate-samples.ts';
import { sampleBounds } from '../training/sample-bounds.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../words/say.ts';

export const successVerdicts = ['met', 'not-met', 'not-yet'] as const;
export type SuccessVerdict = (typeof successVerdicts)[number];

/** What mature answers say of the declared criterion of success. */
export interface SuccessJudgement {
  readonly verdict: SuccessVerdict;
  readonly criterion: SuccessCriterion;
  readonly value: number | null;
  /** The truth lies below the first, and above the second, with probability 0.025 each. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Labelled ones, and those that were looked at. */
  readonly labelledRows: number;
  readonly rows: number;
  readonly throughSeq: number;
  readonly text: string;
}

/** Fewer labelled rows say nothing. */
const labelledRowsMin = 30;
const tail = 0.025;

export interface SuccessRows {
  /** Mature answers with labels, in time order, with their decisions as they were given. */
  readonly labelled: ScoredRows;
  /** How many mature answers there are, labelled or not, and through which row. */
  readonly rows: number;
  readonly throughSeq: number;
}

/**
 * Whether the model is the success that it was declared to be, on its latest mature answers, by the bounds of gates. A
 * stream that truly lies on the bound is said to meet it with probability at most about 0.025, and to miss it likewise,
 * if its memory is shorter than a thirtieth of the rows; that is said of each window by itself.
 */
export function judgeSuccess(criterion: SuccessCriterion, asked: SuccessRows): SuccessJudgement {
  const { labelled, rows, throughSeq } = asked;
  const title = titleOf(criterion.metric);
  const labelledRows = labelled.labels.length;
  const known = { criterion, labelledRows, rows, throughSeq };
  const sign = 'atLeast' in criterion ? 1 : -1;
  const limit = 'atLeast' in criterion ? criterion.atLeast : -criterion.atMost;
  const of = `${sayMany(rows, 'mature row')} through row ${sayCount(throughSeq)}`;
  const on = `${sayMany(labelledRows, 'labelled row')} of ${of}`;
  const none = { ...known, verdict: 'not-yet', value: null, lower: null, upper: null } as const;
  if (labelledRows < labelledRowsMin)
    return { ...none, text: `${title}: ${on}, ${labelledRowsMin} are needed: not yet.` };
  const sample = sampleOf(criterion.metric, labelled, sign);
  if (sample === null) return { ...none, text: `${title} does not exist on ${on}: not yet.` };
  const bounds = sampleBounds(sample, { lower: tail, upper: tail });
  const verdict = bounds.lower >= limit ? 'met' : bounds.upper < limit ? 'not-met' : 'not-yet';
  const [value, lower, upper] =
    sign === 1 ? [bounds.estimate, bounds.lower, bounds.upper] : [-bounds.estimate, -bounds.upper, -bounds.lower];
  const interval = `${sayShare(1 - 2 * tail)} interval ${sayNumber(lower)} to ${sayNumber(upper)}`;
  const text =
    `${title} is ${sayNumber(value)} on ${on}, ${interval}; ` +
    `${sayBound(criterion)} is a success: ${successWords[verdict]}.`;
  return { ...known, verdict, value, lower, upper, text };
}

export const successWords: Readonly<Record<SuccessVerdict, string>> = {
  met: 'met',
  'not-met': 'not met',
  'not-yet': 'not yet',
};
