import type { WatchSpec } from '../../spec/spec.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../words/say.ts';
import type { TogetherTest } from './test-together.ts';

export const togetherVerdicts = ['stable', 'drift', 'not-judged'] as const;

/** Whether features go together as they did; kept with a window where `watch.multivariate` is declared. */
export type TogetherJudgement =
  | { readonly verdict: 'not-judged'; readonly text: string }
  | (TogetherTest & {
      readonly verdict: 'stable' | 'drift';
      /** Benjamini-Hochberg over this and what was judged feature by feature. */
      readonly adjusted: number;
      readonly text: string;
    });

/** How far the area must lie above what the reference shows of itself. */
const usualRiseMin = 0.05;

/** The verdict on a test whose p-value was adjusted for all of its window, or why there is none. */
export function judgeTogether(
  test: TogetherTest | string,
  adjusted: number,
  { falseAlarmRate, multivariate }: Pick<WatchSpec, 'falseAlarmRate' | 'multivariate'>,
): TogetherJudgement {
  if (typeof test === 'string') return { verdict: 'not-judged', text: `Features together were not judged: ${test}.` };
  const riseMin = typeof multivariate === 'object' ? (multivariate?.aurocRiseMin ?? usualRiseMin) : usualRiseMin;
  const isDrift = adjusted <= falseAlarmRate && test.auroc - test.expected >= riseMin;
  const area =
    `AUROC ${sayNumber(test.auroc)} on ${sayMany(test.rows, 'row')}; stretches of the reference itself have ` +
    `${sayNumber(test.expectedLow)} to ${sayNumber(test.expectedHigh)}, adjusted p ${sayNumber(adjusted)}`;
  const text = isDrift
    ? `A classifier tells the window from the reference (${area}), by ${sayUsed(test)}.`
    : `A classifier does not tell the window from the reference (${area}).`;
  return { ...test, verdict: isDrift ? 'drift' : 'stable', adjusted, text };
}

const saidMax = 3;

function sayUsed({ features, pairs }: TogetherTest): string {
  const named = features.slice(0, saidMax).map(({ name, share }) => `"${name}" (${sayShare(share)})`);
  const left = features.length > saidMax ? ` and ${sayCount(features.length - saidMax)} more` : '';
  const [pair] = pairs;
  const together =
    pair === undefined ? '' : `, ${sayShare(pair.share)} by how "${pair.first}" goes with "${pair.second}"`;
  return `${named.join(', ')}${left}${together}`;
}
