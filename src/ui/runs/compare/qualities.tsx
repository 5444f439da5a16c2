import type { ComparisonShown } from '../../../commands/pages/runs.ts';
import type { RunSide } from '../../../db/pages/compare.ts';
import { directionOf, metricNames, titleOf } from '../../../domain/metrics/metrics.ts';
import type { MetricName } from '../../../domain/metrics/registry.ts';
import { Table, type Column } from '../../table/table.tsx';
import { number, rows, time } from '../../words/format.ts';
import { unitOf } from '../../words/quality.ts';
import { State } from '../../words/state.tsx';

/** How good each was on its own test, and how they did on the same rows. */
export function Qualities({ shown }: { readonly shown: ComparisonShown }) {
  const ofA = shown.a.report?.candidate?.testMetrics;
  const ofB = shown.b.report?.candidate?.testMetrics;
  return (
    <section class="panel" id="quality">
      <h2>Quality</h2>
      {ofA === undefined || ofB === undefined ? (
        <p class="empty">At least one of them made no version with a test, so there is nothing to set side by side.</p>
      ) : (
        <>
          <p class="dim small">
            Each on its own test: A on {rows(ofA.rows)}, B on {rows(ofB.rows)}, all labelled. They are different rows of
            different times, so a difference here is not yet a difference of the models.
          </p>
          <Table
            label="Metrics"
            columns={columnsOf(shown, ofA, ofB)}
            rows={metricNames().filter((name) => ofA[name] !== undefined || ofB[name] !== undefined)}
          />
        </>
      )}
      <OnSameRows shown={shown} />
    </section>
  );
}

type Measured = NonNullable<NonNullable<RunSide['report']>['candidate']>['testMetrics'];

function columnsOf({ a, b }: ComparisonShown, ofA: Measured, ofB: Measured): readonly Column<MetricName>[] {
  const unit = (name: MetricName): string =>
    unitOf(name, b.spec?.spec.value?.currency ?? null, b.spec?.spec.target.column ?? '');
  return [
    { head: 'metric', cell: titleOf, isHeading: true },
    { head: 'A', cell: (name) => <Figure name={name} value={ofA[name]} unit={unit(name)} side={a} />, isNumber: true },
    { head: 'B', cell: (name) => <Figure name={name} value={ofB[name]} unit={unit(name)} side={b} />, isNumber: true },
    { head: 'B is', cell: (name) => verdictOf(name, ofA[name], ofB[name]) },
  ];
}

interface FigureProps {
  readonly name: MetricName;
  readonly value: number | undefined;
  readonly unit: string;
  readonly side: RunSide;
}

function Figure({ name, value, unit, side }: FigureProps) {
  const interval = side.gate?.intervals[name];
  return (
    <>
      {number(value, unit)}
      <small class="dim">
        {interval === undefined ? '' : ` (${number(interval.lower)} to ${number(interval.upper)})`}
      </small>
    </>
  );
}

function verdictOf(name: MetricName, a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined) return '—';
  const difference = directionOf(name) * (b - a);
  return difference === 0 ? 'equal' : `${number(Math.abs(difference))} ${difference > 0 ? 'better' : 'worse'}`;
}

function OnSameRows({ shown }: { readonly shown: ComparisonShown }) {
  const { a, b, known } = shown;
  const compared =
    b.gate?.champion != null && b.gate.champion === a.version?.version
      ? b.gate.checks.filter((check) => check.gate.gate === 'noWorseThanChampion')
      : [];
  return (
    <>
      <h3>On the same rows</h3>
      {compared.length === 0 && known.length === 0 ? (
        <p class="empty">
          These two were never compared on the same rows: neither was champion when the other was judged.
        </p>
      ) : null}
      <ul>
        {compared.map((check) => (
          <li>
            <State of={check.verdict} /> {check.text}
          </li>
        ))}
        {known.map((one) => (
          <li>
            {one.text}{' '}
            <small class="dim">
              {one.kind === 'guard' ? 'by the guard after promotion' : 'in the rollout'}, {time(one.at)}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}
