import { intervalLevel, intervalNeeds, type MetricInterval } from '../../../metrics/metric-intervals.ts';
import { metricNames, metricRow, titleOf, type Metrics } from '../../../metrics/metrics.ts';
import type { MetricName } from '../../../metrics/registry.ts';
import { sayUnseen } from '../../../spec/split/say-split.ts';
import { positiveOf } from '../../../tasks/task-of.ts';
import { sayMany, sayNumber, sayShare } from '../../../words/say.ts';
import { paragraph, table, type CardBlock, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** What it was worth on rows that it had not seen, and how far luck may have moved that. */
export function qualitySection(facts: CardFacts): CardSection {
  const blocks = facts.metrics === null ? [unmeasured] : measured(facts, facts.metrics);
  return { id: 'quality', title: 'Quality', blocks };
}

const unmeasured = paragraph(
  'Not measured before it was served: no labelled test came with it. What its answers turned out to be worth stands ' +
    'on the page of its model.',
);

function measured(facts: CardFacts, known: Metrics): readonly CardBlock[] {
  const names = metricNames().filter((name) => known[name] !== undefined);
  const isMissing = names.some((name) => facts.intervals[name] === undefined && metricRow(name).interval !== 'none');
  const threshold =
    facts.threshold === null
      ? ''
      : ` It says "${positiveOf(facts.spec.target)}" from a probability of ${sayNumber(facts.threshold)} upwards.`;
  return [
    paragraph(
      `On ${sayMany(known.rows, 'test row')}, ${sayUnseen(facts.spec.split)}, with ` +
        `${sayShare(intervalLevel)} intervals${isMissing ? ` (${intervalNeeds})` : ''}.${threshold}`,
    ),
    table(
      ['metric', 'value', 'interval', 'better is', ...facts.baselines.map(({ name }) => name)],
      names.map((name) => row(facts, known, name)),
    ),
    ...calibration(facts.reliability),
  ];
}

function row(facts: CardFacts, known: Metrics, name: MetricName): readonly CardLine[] {
  return [
    [titleOf(name)],
    [sayMetricValue(name, known[name], facts.spec)],
    [sayInterval(facts.intervals[name])],
    [metricRow(name).better],
    ...facts.baselines.map(({ metrics }): CardLine => [sayMetricValue(name, metrics[name], facts.spec)]),
  ];
}

export function sayMetricValue(name: MetricName, value: number | undefined, spec: Pick<CardFacts['spec'], 'value'>) {
  if (value === undefined) return '—';
  return metricRow(name).unit === 'money' && spec.value !== null
    ? `${sayNumber(value)} ${spec.value.currency}`
    : sayNumber(value);
}

export function sayInterval(interval: Pick<MetricInterval, 'lower' | 'upper'> | undefined): string {
  return interval === undefined ? '—' : `${sayNumber(interval.lower)} to ${sayNumber(interval.upper)}`;
}

function calibration(reliability: CardFacts['reliability']): readonly CardBlock[] {
  if (reliability === null || reliability.length === 0) return [];
  return [
    paragraph('Calibration: the test rows in groups by the probability that it said, and how many came true of each.'),
    { kind: 'calibration', points: reliability },
  ];
}
