import type { FairnessMeasureName, GroupGap, GroupingReport, GroupRate } from '../../../training/fairness/fairness.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../../words/say.ts';
import { list, paragraph, table, type CardBlock, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

const titles: Readonly<Record<FairnessMeasureName, string>> = {
  selectionRate: 'share answered yes',
  truePositiveRate: 'true positive rate',
  falsePositiveRate: 'false positive rate',
  calibrationGap: 'came true less said',
  accuracy: 'accuracy',
  meanError: 'mean error',
  meanAbsoluteError: 'mean absolute error',
};

/** What the field calls the largest difference of a measure. */
const gapNames: Partial<Readonly<Record<FairnessMeasureName, string>>> = {
  selectionRate: 'demographic parity',
  truePositiveRate: 'equal opportunity',
};

/** How it treats the declared groups; null for versions of early releases, of which nobody asked. */
export function fairnessSection({ fairness, metrics }: CardFacts): CardSection | null {
  if (fairness === null && metrics === null) return null;
  const blocks =
    fairness === null
      ? [paragraph('No groups are declared: how it treats groups of people is not known.')]
      : [paragraph(howToRead(fairness.groupings)), ...fairness.groupings.flatMap(ofGrouping)];
  return { id: 'fairness', title: 'Fairness', blocks };
}

function howToRead(groupings: readonly GroupingReport[]): string {
  const intervals = groupings
    .flatMap(({ groups }) => groups.flatMap(({ rates }) => rates))
    .filter(({ interval }) => interval !== null).length;
  return (
    'On the test rows, by the decisions as they would be given. Means over fewer than 30 rows are not told. In ' +
    `brackets are 95 % intervals, each by itself: of ${sayMany(intervals, 'interval')} about one in twenty misses ` +
    'the truth by chance. It is a report and no verdict; a gate (`fair`) decides where one is declared.'
  );
}

function ofGrouping({ feature, groups, leftOut, gaps }: GroupingReport): readonly CardBlock[] {
  const measures = groups[0]?.rates.map(({ measure }) => measure) ?? [];
  const rows = groups.map(({ group, rows: count, rates }): readonly CardLine[] => [
    [group],
    [sayCount(count)],
    ...rates.map((rate): CardLine => [sayRate(rate)]),
  ]);
  return [
    paragraph('By ', { code: feature }, ':'),
    table(['group', 'test rows', ...measures.map((measure) => titles[measure])], rows),
    ...(leftOut === 0 ? [] : [paragraph(`${sayMany(leftOut, 'smaller group')} not told apart.`)]),
    gaps.length === 0
      ? paragraph('No two groups have the rows to be compared.')
      : list([...gaps.map(gapLine), ...equalisedOdds(gaps)]),
  ];
}

function sayRate({ rows, value, interval }: GroupRate): string {
  if (value === null) return `too few (${sayMany(rows, 'row')})`;
  return interval === null
    ? sayNumber(value)
    : `${sayNumber(value)} (${sayNumber(interval.lower)} to ${sayNumber(interval.upper)})`;
}

function gapLine({ measure, highest, lowest, difference, ratio, differenceMost }: GroupGap): CardLine {
  const name = gapNames[measure];
  const known = name === undefined ? '' : ` (${name})`;
  const share = ratio === null ? '' : `, ratio ${sayShare(ratio)}`;
  const most =
    differenceMost === null
      ? ''
      : `; with 95 % confidence no two groups are further apart than ${sayNumber(differenceMost)}`;
  return [`${titles[measure]}${known}: ${highest} lies above ${lowest} by ${sayNumber(difference)}${share}${most}`];
}

/** The larger of the differences of both rates. */
function equalisedOdds(gaps: readonly GroupGap[]): readonly CardLine[] {
  const rates = gaps.filter(({ measure }) => measure === 'truePositiveRate' || measure === 'falsePositiveRate');
  if (rates.length < 2) return [];
  return [
    [`equalised odds (the larger of both rates): ${sayNumber(Math.max(...rates.map(({ difference }) => difference)))}`],
  ];
}
