import { metricNames, titleOf } from '../../../metrics/metrics.ts';
import type { SliceMetrics } from '../../../metrics/slice-metrics.ts';
import { sayCount, sayMany } from '../../../words/say.ts';
import { paragraph, table, type CardBlock, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';
import { sayInterval, sayMetricValue } from './quality.ts';

const slicesMax = 60;
const metricsMax = 4;

/** Quality by declared parts of the rows; null where nothing was measured at all. */
export function slicesSection(facts: CardFacts): CardSection | null {
  const blocks =
    facts.slices.length > 0
      ? bySlice(facts)
      : facts.metrics === null
        ? []
        : [paragraph('None is declared: quality is known for all rows together and not for parts of them.')];
  return blocks.length === 0 ? null : { id: 'slices', title: 'Slices', blocks };
}

function bySlice({ slices, spec }: CardFacts): readonly CardBlock[] {
  const names = metricNames()
    .filter((name) => slices.some(({ metrics }) => metrics[name] !== undefined))
    .slice(0, metricsMax);
  const row = ({ column, slice, metrics, intervals = {} }: SliceMetrics): readonly CardLine[] => [
    [{ code: column }, ` = ${slice}`],
    [sayCount(metrics.rows)],
    ...names.map((name): CardLine => {
      const value = sayMetricValue(name, metrics[name], spec);
      return [intervals[name] === undefined ? value : `${value} (${sayInterval(intervals[name])})`];
    }),
  ];
  const more = slices.length - slicesMax;
  return [
    paragraph(
      'A slice of fewer than 30 test rows is counted and not judged. In brackets: the 95 % interval, where the slice ' +
        'has rows enough for one. The more slices one looks at, the more of them are far off by chance alone.',
    ),
    table(['slice', 'test rows', ...names.map(titleOf)], slices.slice(0, slicesMax).map(row)),
    ...(more > 0 ? [paragraph(`${sayMany(more, 'more slice')} not listed.`)] : []),
  ];
}
