import {
  comparedMax,
  trainingOutcomes,
  type TrainingQuery,
  type TrainingsShown,
} from '../../commands/pages/trainings.ts';
import { titleOf } from '../../domain/metrics/metrics.ts';
import { cut } from '../../domain/words/cut.ts';
import { sayCount } from '../../domain/words/say.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { Choice } from '../form/choice.tsx';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Table, type Column } from '../table/table.tsx';
import {
  duration,
  experimentsPath,
  modelPath,
  runPath,
  time,
  trainingsPath,
  utc,
  versionPath,
} from '../words/format.ts';
import { axisUnitOf, metricText } from '../words/quality.ts';
import { State } from '../words/state.tsx';

export interface TrainingListProps {
  readonly call: PageCall;
  readonly model: string;
  readonly query: TrainingQuery;
  readonly shown: TrainingsShown;
}

type Line = TrainingsShown['lines'][number];
const detailCharsMax = 120;

/** The trainings of a model over time: filtered by a metric, and some of them chosen to stand side by side. */
export function TrainingList(props: TrainingListProps) {
  const { call, model, query, shown } = props;
  return (
    <Layout
      call={call}
      title={`Trainings of ${model}`}
      section="home"
      crumbs={[{ text: 'Models', href: '/' }, { text: model, href: modelPath(model) }, { text: 'trainings' }]}
    >
      <div class="row spread">
        <h1>Trainings of {model}</h1>
        <a href={experimentsPath(model)}>experiments</a>
      </div>
      <Filters {...props} />
      {shown.lines.length === 0 ? (
        <p class="empty">
          No training is like this{shown.next === null ? '' : ' among the latest that were looked at'}.{' '}
          <a href={trainingsPath(model)}>Show all</a>.
        </p>
      ) : (
        <>
          <OverTime shown={shown} />
          <form method="get" action={`${trainingsPath(model)}/compare`}>
            <Table label="Trainings" columns={columnsOf(model, shown)} rows={shown.lines} />
            <p>
              <button type="submit" class="quiet">
                Put the chosen side by side
              </button>{' '}
              <small class="dim">2 to {comparedMax} of them</small>
            </p>
          </form>
        </>
      )}
      <p class="pages">
        {query.cursor === null ? null : <a href={addressOf(model, query, null)}>latest</a>}{' '}
        {shown.next === null ? null : <a href={addressOf(model, query, shown.next)}>earlier →</a>}
      </p>
    </Layout>
  );
}

function OverTime({ shown }: { readonly shown: TrainingsShown }) {
  const points = shown.lines.flatMap(({ startedAt, value }) =>
    value === null ? [] : [{ x: startedAt.getTime(), y: value }],
  );
  if (points.length < 2) return null;
  return (
    <LineChart
      label={`${titleOf(shown.metric)} of each training on its own test`}
      series={[{ name: titleOf(shown.metric), points: points.toReversed() }]}
      yUnit={axisUnitOf(shown.metric, shown.currency)}
      xLabel="begun"
      sayX={(ms) => utc(new Date(ms)).slice(0, 16)}
    />
  );
}

function columnsOf(model: string, { metric, currency }: TrainingsShown): readonly Column<Line>[] {
  return [
    {
      head: '',
      cell: ({ runId }) => <input type="checkbox" name="run" value={numberIn(runId)} aria-label={`compare ${runId}`} />,
    },
    { head: 'training', cell: ({ runId }) => runId, href: ({ runId }) => runPath(runId), isHeading: true },
    {
      head: 'version',
      cell: ({ version }) => (version === null ? '—' : <a href={versionPath(model, version)}>v{version}</a>),
    },
    { head: titleOf(metric), cell: ({ value }) => metricText(metric, value, currency), isNumber: true },
    { head: 'outcome', cell: ({ gateVerdict, status }) => <State of={gateVerdict ?? status} /> },
    { head: 'family', cell: ({ family }) => family ?? '—' },
    {
      head: 'labelled rows',
      cell: ({ labelledRows }) => (labelledRows === null ? '—' : sayCount(labelledRows)),
      isNumber: true,
    },
    { head: 'begun', cell: ({ startedAt }) => time(startedAt), isNumber: true },
    {
      head: 'took',
      cell: ({ startedAt, endedAt }) => (endedAt === null ? '—' : duration(endedAt.getTime() - startedAt.getTime())),
      isNumber: true,
    },
    { head: 'what came of it', cell: ({ detail }) => cut(detail ?? '', detailCharsMax), width: 'wide' },
  ];
}

/** `12` of `train/fraud/12`. */
function numberIn(runId: string): string {
  return runId.slice(runId.lastIndexOf('/') + 1);
}

function Filters({ model, query, shown }: TrainingListProps) {
  const outcome = trainingOutcomes.find((one) => one === query.outcome) ?? null;
  return (
    <form class="filters" method="get" action={trainingsPath(model)}>
      <Choice
        label="Metric"
        name="metric"
        values={shown.metrics}
        chosen={shown.metric}
        hasAny={false}
        words={Object.fromEntries(shown.metrics.map((name) => [name, titleOf(name)]))}
      />
      <label>
        At least
        <input name="min" inputmode="decimal" size={6} value={query.min ?? ''} autocomplete="off" />
      </label>
      <label>
        At most
        <input name="max" inputmode="decimal" size={6} value={query.max ?? ''} autocomplete="off" />
      </label>
      <label>
        Since (UTC)
        <input name="since" type="date" value={query.since?.slice(0, 10) ?? ''} />
      </label>
      <label>
        Until (UTC)
        <input name="until" type="date" value={query.until?.slice(0, 10) ?? ''} />
      </label>
      <Choice label="Outcome" name="outcome" values={trainingOutcomes} chosen={outcome} />
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}

function addressOf(model: string, query: TrainingQuery, cursor: string | null): string {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor }))
    if (typeof value === 'string') text.set(name, value);
  const asked = text.toString();
  return asked === '' ? trainingsPath(model) : `${trainingsPath(model)}?${asked}`;
}
