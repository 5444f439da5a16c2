import type { Child } from 'hono/jsx';
import type { RunSide } from '../../db/pages/compare.ts';
import { metricNames, titleOf } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { diffSpecs } from '../../domain/spec/diff-spec.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { codeOf, dataCell, specOf, throughOf, tookOf, versionCell } from '../runs/compare/cells.tsx';
import { Table, type Column } from '../table/table.tsx';
import { modelPath, number, percent, runPath, time, trainingsPath } from '../words/format.ts';
import { unitOf } from '../words/quality.ts';
import { State } from '../words/state.tsx';

export interface TrainingsComparisonProps {
  readonly model: string;
  readonly sides: readonly RunSide[];
}

/** One fact of all trainings, in their order. */
interface Line {
  readonly name: string;
  readonly cell: (side: RunSide, at: number) => Child;
}

/** Up to eight trainings side by side: the settings that differ first, then quality, gates, data and trainer. */
export function TrainingsComparison({ call, model, sides }: TrainingsComparisonProps & { readonly call: PageCall }) {
  return (
    <Layout
      call={call}
      title={`${sides.length} trainings of ${model}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: model, href: modelPath(model) },
        { text: 'trainings', href: trainingsPath(model) },
        { text: 'side by side' },
      ]}
    >
      <h1>
        {sides.length} trainings of {model}
      </h1>
      <Section id="settings" title="Settings that differ" sides={sides} lines={settingLines(sides)} />
      <Section id="quality" title="Quality" sides={sides} lines={metricLines(sides)}>
        <p class="dim small">
          Each on its own test, with its own interval (95 %). Tests of different trainings are different rows of
          different times, so a difference here is not yet a difference of the models; an experiment compares on the
          same rows.
        </p>
      </Section>
      <Section id="gates" title="Gates" sides={sides} lines={gateLines(sides)} />
      <Section id="data" title="Data, trainer, time" sides={sides} lines={dataLines} />
    </Layout>
  );
}

interface SectionProps extends Pick<TrainingsComparisonProps, 'sides'> {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly children?: Child;
}

function Section({ id, title, sides, lines, children }: SectionProps) {
  const columns: readonly Column<Line>[] = [
    { head: 'what', cell: ({ name }) => name, isHeading: true },
    ...sides.map((side, at) => ({ head: headOf(side), cell: ({ cell }: Line) => cell(side, at) })),
  ];
  return (
    <section class="panel" id={id}>
      <h2>{title}</h2>
      {children}
      <Table label={title} columns={columns} rows={lines} empty="None of them has any." />
    </section>
  );
}

function headOf({ run, version }: RunSide): string {
  const training = run.runId.slice(run.runId.lastIndexOf('/') + 1);
  return version === null ? `training ${training}` : `v${version.version}, training ${training}`;
}

/** Against the definition of the first one, so each of them knows its value. */
function settingLines(sides: readonly RunSide[]): readonly Line[] {
  const first = sides.find(({ spec }) => spec !== null)?.spec?.spec ?? null;
  if (first === null) return [];
  const changes = sides.map(({ spec }) => (spec === null ? [] : diffSpecs(first, spec.spec)));
  const paths = [...new Set(changes.flatMap((one) => one.map(({ path }) => path)))].slice(0, settingsMax);
  return paths.map((path) => {
    const before = changes.flat().find((change) => change.path === path)?.before ?? null;
    return {
      name: path,
      cell: ({ spec }, at) => {
        const change = changes[at]?.find((one) => one.path === path);
        const value = spec === null ? null : change === undefined ? before : change.after;
        return <code>{cut(value ?? '—', charsMax.specValue)}</code>;
      },
    };
  });
}

const settingsMax = 200;

function metricLines(sides: readonly RunSide[]): readonly Line[] {
  const has = (name: MetricName): boolean =>
    sides.some(({ report }) => report?.candidate?.testMetrics[name] !== undefined);
  return metricNames()
    .filter(has)
    .map((name) => ({ name: titleOf(name), cell: (side) => <Figure name={name} side={side} /> }));
}

function Figure({ name, side }: { readonly name: MetricName; readonly side: RunSide }) {
  const interval = side.gate?.intervals[name];
  const spec = side.spec?.spec;
  const unit = unitOf(name, spec?.value?.currency ?? null, spec?.target.column ?? '');
  return (
    <>
      {number(side.report?.candidate?.testMetrics[name], unit)}
      <small class="dim">
        {interval === undefined ? '' : ` (${number(interval.lower)} to ${number(interval.upper)})`}
      </small>
    </>
  );
}

/** What the whole gate said, and each check by its place: definitions may declare different ones. */
function gateLines(sides: readonly RunSide[]): readonly Line[] {
  const checks = Math.max(0, ...sides.map(({ gate }) => gate?.checks.length ?? 0));
  if (checks === 0) return [];
  return [
    { name: 'gate', cell: ({ gate }) => (gate === null ? '—' : <State of={gate.verdict} />) },
    ...Array.from({ length: checks }, (_, place): Line => ({
      name: `check ${place + 1}`,
      cell: ({ gate }) => {
        const check = gate?.checks[place];
        return check === undefined ? (
          '—'
        ) : (
          <>
            <State of={check.verdict} /> <small>{check.text}</small>
          </>
        );
      },
    })),
  ];
}

const dataLines: readonly Line[] = [
  { name: 'Run', cell: ({ run }) => <a href={runPath(run.runId)}>{run.runId}</a> },
  { name: 'Version', cell: versionCell },
  { name: 'State', cell: ({ run }) => <State of={run.status} /> },
  { name: 'Started by', cell: ({ run }) => run.trigger ?? '—' },
  { name: 'Started', cell: ({ run }) => time(run.startedAt) },
  { name: 'Took', cell: tookOf },
  { name: 'Data', cell: dataCell },
  { name: 'Labelled rows', cell: ({ version }) => number(version?.labelledRows) },
  { name: 'Test rows', cell: ({ report }) => number(report?.rows?.test) },
  { name: 'Traffic used', cell: throughOf },
  { name: 'Features', cell: ({ spec }) => number(spec?.spec.features.length) },
  { name: 'Trainer', cell: ({ report, spec }) => report?.candidate?.family ?? spec?.spec.trainer.kind ?? '—' },
  { name: 'Trees kept', cell: ({ report }) => number(report?.release?.trees) },
  { name: 'History used', cell: ({ report }) => percent(report?.historyShare) },
  { name: 'Spec revision', cell: specOf },
  { name: 'Training code', cell: codeOf },
];
