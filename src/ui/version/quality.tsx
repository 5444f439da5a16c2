import type { VersionPage } from '../../db/pages/version.ts';
import type { MetricInterval } from '../../domain/metrics/metric-intervals.ts';
import { directionOf, metricNames, metricRow, titleOf } from '../../domain/metrics/metrics.ts';
import { Bars, Interval } from '../charts/bars.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import { number, percent, rows } from '../format.ts';
import { unitOf } from '../quality.ts';
import { State } from '../runs/state.tsx';

const slicesShownMax = 60;
const importanceShownMax = 25;

/** Hold-out metrics with how far luck may have moved them, beside those of who was compared on the same rows. */
export function Metrics({ page }: { readonly page: VersionPage }) {
  const { report, spec } = page;
  const mine = report.candidate?.testMetrics ?? page.gate?.candidate ?? null;
  if (mine === null) {
    return (
      <section class="panel" id="metrics">
        <h2>Quality before it was served</h2>
        <p class="empty">
          Not measured: the model was trained elsewhere and came without a labelled test. Its quality on labels that
          arrive stands on the page of the model.
        </p>
      </section>
    );
  }
  const others = [
    ...(report.champion == null
      ? []
      : [
          {
            name: page.gate?.champion == null ? 'champion then' : `champion then (v${page.gate.champion})`,
            metrics: report.champion.testMetrics,
          },
        ]),
    ...(report.baselines ?? []).map((baseline) => ({
      name: `${baseline.family} baseline`,
      metrics: baseline.testMetrics,
    })),
  ];
  const hasIntervals = Object.keys(page.gate?.intervals ?? {}).length > 0;
  return (
    <section class="panel" id="metrics">
      <h2>Quality before it was served</h2>
      <p class="dim small">
        On {rows(mine.rows)} of test data, all labelled, younger than all that it learnt from.{' '}
        {hasIntervals
          ? 'Interval: 95 %, by the luck of the rows.'
          : 'This version was judged before intervals were kept.'}
      </p>
      <div class="scroll" tabindex={0} role="group" aria-label="Metrics of the test">
        <table>
          <thead>
            <tr>
              <th>metric</th>
              <th class="num">value</th>
              <th>95 % interval</th>
              {others.map((other) => (
                <th class="num">{other.name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {metricNames().flatMap((name) => {
              const value = mine[name];
              if (value === undefined) return [];
              const unit = unitOf(name, spec.value?.currency ?? null, spec.target.column);
              return [
                <tr>
                  <th scope="row">
                    {titleOf(name)} <small class="dim">{metricRow(name).better} is better</small>
                  </th>
                  <td class="num">{number(value, unit)}</td>
                  <td class="wide">
                    <IntervalCell name={titleOf(name)} value={value} interval={page.gate?.intervals[name]} />
                  </td>
                  {others.map((other) => (
                    <td class="num">{number(other.metrics[name])}</td>
                  ))}
                </tr>,
              ];
            })}
          </tbody>
        </table>
      </div>
      {report.champion == null ? null : (
        <p class="small dim">
          The champion of then had not been trained on {rows(report.champion.comparableRows)} of these; only those
          decide between the two.
        </p>
      )}
      <Reliability page={page} />
    </section>
  );
}

function IntervalCell({
  name,
  value,
  interval,
}: {
  readonly name: string;
  readonly value: number;
  readonly interval: MetricInterval | undefined;
}) {
  if (interval === undefined) return <span class="dim">—</span>;
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
  const per = bins[0]?.rows ?? 0;
  return (
    <LineChart
      label={
        `Calibration: what it said and what came true, in ${bins.length} groups of about ${rows(per)} of the ` +
        `test. On the dashed line its probabilities can be taken at their word.`
      }
      series={[
        { name: 'came true', points: bins.map((bin) => ({ x: bin.said, y: bin.came })) },
        { name: 'if it were exact', dashed: true, points: bins.map((bin) => ({ x: bin.said, y: bin.said })) },
      ]}
      xLabel="probability that it said"
      yUnit=""
      sayX={(x) => percent(x)}
    />
  );
}

/** Each declared check by its verdict and its sentence. */
export function GateChecks({ page }: { readonly page: VersionPage }) {
  const { gate } = page;
  return (
    <section class="panel" id="gate">
      <header>
        <h2>Gate</h2>
        <State
          of={page.gateVerdict}
          text={
            { pass: 'passed', fail: 'refused', insufficient: 'could not decide' }[page.gateVerdict] ?? page.gateVerdict
          }
        />
      </header>
      {gate === null || gate.checks.length === 0 ? (
        <p class="empty">
          No check is declared for this model, so nothing could fail. Declare `gates` in its definition and apply it.
        </p>
      ) : (
        <ul>
          {gate.checks.map((check) => (
            <li>
              <State of={check.verdict} /> {check.text}
            </li>
          ))}
        </ul>
      )}
      {gate === null ? null : (
        <p class="small dim">
          <a href={`/audit/evidence?id=${gate.evidenceId}`}>Evidence {gate.evidenceId}</a>
        </p>
      )}
    </section>
  );
}

/** Quality of parts of the test, worst first by the first metric that all of them have. */
export function Slices({ page }: { readonly page: VersionPage }) {
  const slices = page.report.slices ?? [];
  const names = metricNames()
    .filter((name) => slices.some((slice) => slice.metrics[name] !== undefined))
    .slice(0, 4);
  const first = names[0];
  const sign = first === undefined ? 1 : directionOf(first);
  const ordered = slices
    .toSorted(
      (a, b) =>
        sign * ((first === undefined ? 0 : a.metrics[first]) ?? Infinity) -
        sign * ((first === undefined ? 0 : b.metrics[first]) ?? Infinity),
    )
    .slice(0, slicesShownMax);
  return (
    <section class="panel" id="slices">
      <h2>Slices</h2>
      {slices.length === 0 ? (
        <p class="empty">
          No slice is declared. Name category or boolean inputs under `slices` in the definition to see quality by their
          values.
        </p>
      ) : (
        <>
          <p class="dim small">
            Parts of the test, {first === undefined ? 'largest' : `worst ${titleOf(first)}`} first. Fewer than 30 rows
            are counted and not judged.
          </p>
          <div class="scroll" tabindex={0} role="group" aria-label="Slices">
            <table data-sort>
              <thead>
                <tr>
                  <th>slice</th>
                  <th class="num">test rows</th>
                  {names.map((name) => (
                    <th class="num">{titleOf(name)}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {ordered.map((slice) => (
                  <tr>
                    <th scope="row">
                      {slice.column} = {slice.slice}
                    </th>
                    <td class="num">{number(slice.metrics.rows)}</td>
                    {names.map((name) => (
                      <td class="num">
                        {number(
                          slice.metrics[name],
                          unitOf(name, page.spec.value?.currency ?? null, page.spec.target.column),
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}

/** What the model leans on, by the trainer's own account. */
export function Importance({ page }: { readonly page: VersionPage }) {
  const all = (page.report.importance ?? []).filter(({ gain }) => gain > 0);
  const shown = all.slice(0, importanceShownMax);
  const rest = all.slice(importanceShownMax).reduce((sum, { gain }) => sum + gain, 0);
  const family = page.report.release?.family ?? null;
  return (
    <section class="panel" id="importance">
      <h2>What it leans on</h2>
      {shown.length === 0 ? (
        <p class="empty">
          {family === 'prior' ? 'Nothing: it knows shares of classes only.' : 'Unknown: its trainer has not said.'}
        </p>
      ) : (
        <>
          <p class="dim small">
            Share of each input in{' '}
            {family === 'linear' ? 'the spread of the score over the training rows' : 'the total gain of all splits'};
            it says what was used, not what causes what.
          </p>
          <Bars
            label="Importance of inputs"
            items={[
              ...shown.map(({ feature, gain }) => ({ label: feature, value: gain, text: percent(gain) })),
              ...(rest > 0 ? [{ label: `${all.length - shown.length} more`, value: rest, text: percent(rest) }] : []),
            ]}
          />
        </>
      )}
    </section>
  );
}
