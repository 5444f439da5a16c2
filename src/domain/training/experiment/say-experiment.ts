import { titleOf } from '../../metrics/metrics.ts';
import { sayNumber, sayMany } from '../../words/say.ts';
import { listNames } from '../../words/nearest-name.ts';
import type { Difference, ExperimentResult, ExperimentStanding } from './experiment.ts';

/** What came of an experiment, in one or two sentences without a full stop at the end. */
export function sayExperiment({ metric, rows, standings, alpha }: ExperimentResult): string {
  const named = (asked: ExperimentStanding): readonly string[] =>
    standings.flatMap(({ name, standing }) => (standing === asked ? [name] : []));
  const [best] = named('best');
  if (best === undefined) return `no candidate came to anything: ${standings[0]?.reason ?? 'none was tried'}`;
  const where = `${titleOf(metric)} on the same ${sayMany(rows, 'test row')}`;
  const parts = [
    ...sayNames(named('worse'), `proven to be worse (family-wise error ${sayNumber(100 * alpha)} %)`),
    ...sayNames(named('undecided'), 'not told apart from it'),
    ...sayNames(named('failed'), 'came to nothing'),
  ];
  return `${best} is the best by ${where}${parts.length === 0 ? '' : `; ${parts.join('; ')}`}`;
}

/** `-0.0121 (-0.0188 to -0.0054)`: positive is better. */
export function sayDifferenceTo({ estimate, lower, upper }: Difference): string {
  return `${sayNumber(estimate)} (${sayNumber(lower)} to ${sayNumber(upper)})`;
}

function sayNames(names: readonly string[], what: string): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${listNames(names)}`];
}
