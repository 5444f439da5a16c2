import type { VersionPage } from '../../db/pages/version.ts';
import type { MetricInterval } from '../../domain/metrics/metric-intervals.ts';
import { metricNames, metricRow, titleOf } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { sayUnseen } from '../../domain/spec/split/say-split.ts';
import { Interval } from '../charts/bars.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import { Table, type Column } from '../table/table.tsx';
import { number, percent, rows } from '../words/format.ts';
import { unitOf } from '../words/quality.ts';

/** Hold-out metrics with how far luck may have moved them, beside those of who was compared on the same rows. */
export function Metrics({ page }: { readonly page: VersionPage }) {
  const measured = page.report.candidate?.testMetrics ?? page.gate?.candidate ?? null;
  return (
    <section class="panel" id="metrics">
      <h2>Quality before it was served</h2>
      {measured === null ? (
        <p class="empty">
          Not measured: the model was trained elsewhere and came without a labelled test. Its quality on labels that
          arrive stands on the page of the model.
        </p>
      ) : (
        <Measured page={page} measured={measured} />
      )}
    </section>
  );
}

type Measurements = NonNullable<VersionPage['report']['candidate']>['testMetrics'];

interface MeasuredProps {
  readonly page: VersionPage;
  readonly measured: Measurements;
}

function Measured({ page, measured }: MeasuredProps) {
  const { champion } = page.report;
  const hasIntervals = Object.keys(page.gate?.intervals ?? {}).length > 0;
  return (
    <>
      <p class="dim small">
        On {rows(measured.rows)} of test data, all labelled, {sayUnseen(page.spec.split)}.{' '}
        {hasIntervals
          ? 'Interval: 95 %, by the luck of the rows.'
          : 'This version was judged before intervals were kept.'}
      </p>
      <Table
        label="Metrics of the test"
        columns={columnsOf({ page, measured })}
        rows={metricNames().filter((name) => measured[name] !== undefined)}
      />
      {champion == null ? null : (
        <p class="small dim">
          The champion of then had not been trained on {rows(champion.comparableRows)} of{' '}
          {page.report.rows?.folds === undefined ? 'these' : 'the youngest block, and is measured on those alone'}; only
          those decide between the two.
        </p>
      )}
      <Reliability page={page} />
    </>
  );
}

function columnsOf({ page, measured }: MeasuredProps): readonly Column<MetricName>[] {
  const unit = (name: MetricName): string => unitOf(name, page.spec.value?.currency ?? null, page.spec.target.column);
  return [
    {
      head: 'metric',
      cell: (name) => (
        <>
          {titleOf(name)} <small class="dim">{metricRow(name).better} is better</small>
        </>
      ),
      isHeading: true,
    },
    { head: 'value', cell: (name) => number(measured[name], unit(name)), isNumber: true },
    {
      head: '95 % interval',
      cell: (name) => (
        <IntervalCell name={titleOf(name)} value={measured[name]} interval={page.gate?.intervals[name]} />
      ),
      width: 'wide',
    },
    ...othersOf(page).map((other) => ({
      head: other.name,
      cell: (name: MetricName) => number(other.metrics[name]),
      isNumber: true,
    })),
  ];
}

/** Whom it was compared with on the same rows: the champion of then, and what any model must beat. */
function othersOf({ report, gate }: VersionPage): readonly { readonly name: string; readonly metrics: Measurements }[] {
  const champion = gate?.champion == null ? 'champion then' : `champion then (v${gate.champion})`;
  return [
    ...(report.champion == null ? [] : [{ name: champion, metrics: report.champion.testMetrics }]),
    ...(report.baselines ?? []).map((baseline) => ({
      name: `${baseline.family} baseline`,
      metrics: baseline.testMetrics,
    })),
  ];
}

interface IntervalCellProps {
  readonly name: string;
  readonly value: number | undefined;
  readonly interval: MetricInterval | undefined;
}

function IntervalCell({ name, value, interval }: IntervalCellProps) {
  if (interval === undefined || value === undefined) return <span class="dim">—</span>;
  return (
    <>
      {number(interval.lower)} to {number(interval.upper)}
      <Interval label={name} low={interval.lower} estimate={value} high={interval.upper} />
    </>
  );
}

function Reliability({ page }: { readonly page: VersionPage }) {
  const bins = page.gate?.reliability ?? null;
  if (bins === null || bins.length === 0) return null;
  const size = `${bins.length} groups of about ${rows(bins[0]?.rows ?? 0)} of the test`;
  const inGroups = `Calibration: what it said and what came true, in ${size}.`;
  return (
    <LineChart
      label={`${inGroups} On the dashed line its probabilities can be taken at their word.`}
      series={[
        { name: 'came true', points: bins.map((bin) => ({ x: bin.said, y: bin.came })) },
        { name: 'if it were exact', isDashed: true, points: bins.map((bin) => ({ x: bin.said, y: bin.said })) },
      ]}
      xLabel="probability that it said"
      yUnit=""
      sayX={(x) => percent(x)}
    />
  );
}
