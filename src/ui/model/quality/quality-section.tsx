import { LineChart } from '../../charts/line-chart.tsx';
import { trustWords } from '../../../domain/watch/judge-estimate.ts';
import { successWords } from '../../../domain/watch/judge-success.ts';
import { coverage, many } from '../../words/format.ts';
import { State } from '../../words/state.tsx';
import { windowEvidence } from '../window-evidence.ts';
import { sayUnmeasured } from '../../../domain/watch/window-quality.ts';
import { axisUnitOf, isLowerBetter, metricAmong, metricName, metricText, pooledQuality } from '../../words/quality.ts';
import type { SectionProps } from '../section.ts';
import { BestSection } from './best-section.tsx';
import { Proxies } from './proxies.tsx';
import { isPartial } from '../partial.ts';
import { championMarks } from '../value-section.tsx';

/** Quality per window: realised and estimated are never mixed; one that waits for labels has no figure yet. */
export function QualitySection({ view }: SectionProps) {
  const measured = view.windows.flatMap((window) =>
    window.quality === null ? [] : [{ ...window.quality, number: window.number }],
  );
  const metric =
    metricAmong(
      view.outline.metric,
      measured.flatMap((row) => (row.realised === null ? [] : [row.realised])),
    ) ??
    metricAmong(
      view.outline.metric,
      measured.flatMap((row) => (row.estimated === null ? [] : [row.estimated])),
    );
  return (
    <section class="panel" id="quality" aria-labelledby="quality-title">
      <h2 id="quality-title">Quality</h2>
      {metric === null ? (
        <p class="empty">
          No window has been measured yet. Send labels to <code>POST /v1/labels</code> with the prediction ids; figures
          appear when the labels of a window are in. {sayUnmeasured(view.windows, view.arrival.maturity)}
        </p>
      ) : (
        <Measured view={view} measured={measured} metric={metric} />
      )}
      <Success view={view} />
      <BestSection view={view} />
      <Proxies view={view} />
    </section>
  );
}

/** How the windows that are shown stand to the declared criterion of success; nothing where it is words. */
function Success({ view }: Pick<SectionProps, 'view'>) {
  const judged = view.windows
    .toSorted((a, b) => b.number - a.number)
    .flatMap(({ number, evidence }) => {
      const success = windowEvidence(evidence)?.success ?? null;
      return success === null ? [] : [{ number, ...success }];
    });
  const [latest] = judged;
  if (latest === undefined) return null;
  const met = judged.filter(({ verdict }) => verdict === 'met').length;
  const missed = judged.filter(({ verdict }) => verdict === 'not-met').length;
  return (
    <p id="success">
      <State of={latest.verdict} text={successWords[latest.verdict]} /> Window {latest.number}: {latest.text}{' '}
      <span class="small dim">
        Of {many(judged.length, 'window')} shown, {met} met it, {missed} did not, {judged.length - met - missed} prove
        neither.
      </span>
    </p>
  );
}

interface MeasuredProps extends Pick<SectionProps, 'view'> {
  readonly measured: readonly (NonNullable<SectionProps['view']['windows'][number]['quality']> & {
    readonly number: number;
  })[];
  readonly metric: string;
}

function Measured({ view, measured, metric }: MeasuredProps) {
  const { currency } = view.outline;
  const pooled = pooledQuality(
    measured.flatMap((row) =>
      row.realised === null || row.labelledRows === 0
        ? []
        : [{ window: row.number, rows: row.rows, labelledRows: row.labelledRows, realised: row.realised }],
    ),
    metric,
  );
  const unmeasured = sayUnmeasured(view.windows, view.arrival.maturity);
  return (
    <>
      <p>
        {pooled === null ? (
          <>No window that is shown has been measured: what is drawn is only estimated.</>
        ) : (
          <>
            <span class="figure">{metricText(metric, pooled.mean, currency)}</span> {metricName(metric)}
            {isLowerBetter(metric) ? ' (lower is better)' : ''}
            <br />
            <small class="dim">
              mean over windows {pooled.fromWindow}–{pooled.toWindow}, {coverage(pooled.labelledRows, pooled.rows)}
            </small>
          </>
        )}
      </p>
      <Curve view={view} measured={measured} metric={metric} />
      {unmeasured === null ? null : <p>{unmeasured}</p>}
      <Trust view={view} metric={metric} />
      <p class="small dim">
        The share of labels that has come is in the <a href="#traffic">table of windows</a>, one by one.
      </p>
    </>
  );
}

/** The last estimate of the metric that is drawn, and whether earlier ones were right; nothing where none is made. */
function Trust({ view, metric }: Pick<MeasuredProps, 'view' | 'metric'>) {
  const last = view.windows
    .toSorted((a, b) => b.number - a.number)
    .flatMap(({ number, evidence }) => {
      const found = windowEvidence(evidence)?.estimate ?? null;
      return found === null ? [] : [{ number, trust: 'not-yet' as const, text: found.text, ...found.metrics[metric] }];
    })[0];
  if (last === undefined) return null;
  return (
    <p id="estimate">
      <State of={last.trust} text={trustWords[last.trust]} /> Window {last.number}, before its labels: {last.text}{' '}
      <span class="small dim">
        No decision rests on an estimate; one that is trusted may ring the alarm <code>estimated-decay</code>.
      </span>
    </p>
  );
}

function Curve({ view, measured, metric }: MeasuredProps) {
  const expected = view.windows.flatMap(({ number, evidence }) => {
    const interval = windowEvidence(evidence)?.estimate?.metrics[metric]?.interval ?? null;
    return interval === null ? [] : [{ x: number, low: interval.lower, high: interval.upper }];
  });
  const estimated = measured.flatMap((row) =>
    row.estimated?.[metric] === undefined ? [] : [{ x: row.number, y: row.estimated[metric] ?? null }],
  );
  const first = measured.flatMap((row) =>
    row.firstRealised?.[metric] === undefined ? [] : [{ x: row.number, y: row.firstRealised[metric] ?? null }],
  );
  return (
    <LineChart
      label={`${metricName(metric)} per window`}
      series={[
        {
          name: 'realised, on labels',
          points: measured.map((row) => ({
            x: row.number,
            y: row.realised?.[metric] ?? null,
            isHollow: isPartial(row),
          })),
        },
        ...(estimated.length === 0
          ? []
          : [{ name: 'estimated, without labels', points: estimated, isDashed: true, colour: 2 }]),
        ...(first.length === 0
          ? []
          : [{ name: 'never retrained, same rows', points: first, isDashed: true, colour: 5 }]),
      ]}
      {...(expected.length === 0
        ? {}
        : { bands: [{ name: 'where labels were expected to put it', points: expected, colour: 2 }] })}
      marks={championMarks(view)}
      yUnit={axisUnitOf(metric, view.outline.currency)}
      xLabel="window"
      sayX={(x) => `window ${x}`}
    />
  );
}
