import { Table } from '../../table/table.tsx';
import { HeatMap } from '../../charts/heat-map.tsx';
import { HistogramLegend, HistogramPair } from '../../charts/histogram-pair.tsx';
import { modelPath, number, percent, rows } from '../../words/format.ts';
import type { SectionProps } from '../section.ts';
import { BestWorldSection } from './best-world.tsx';
import { LabelsDrift } from './labels-drift.tsx';
import { TogetherChart } from './together-chart.tsx';
import { Together } from './together-table.tsx';
import { histogramsIn, sharesOf, windowEvidence, type Histogram, type WindowEvidence } from '../window-evidence.ts';

const featuresMax = 40;

type Judged = { readonly number: number; readonly found: WindowEvidence | null };

/** Where the data moved: the features that moved most now, and all of them over the windows. */
export function DriftSection({ call, name, view }: SectionProps) {
  const judged = view.windows.map((window) => ({ number: window.number, found: windowEvidence(window.evidence) }));
  const withDrift = judged.filter((window) => window.found?.drift != null && window.found.drift.features.length > 0);
  const asked = Number(call.query('window'));
  const shown = withDrift.find((window) => window.number === asked) ?? withDrift.at(-1);
  return (
    <section class="panel" id="drift" aria-labelledby="drift-title">
      <header>
        <h2 id="drift-title">Drift against the data it was trained on</h2>
        <span class="small dim">limit {number(view.outline.driftLimit)}: standard deviations above sampling noise</span>
      </header>
      {shown === undefined ? (
        <p class="empty">
          {judged.length === 0
            ? 'No window has closed yet; drift is judged when one does.'
            : 'No window of this page was large enough to judge: 200 rows are needed.'}
        </p>
      ) : (
        <>
          <Moved
            window={shown}
            histograms={histogramsIn(view.windows.find((window) => window.number === shown.number)?.evidence ?? null)}
          />
          <Heat windows={withDrift} limit={view.outline.driftLimit} />
          <TogetherChart view={view} />
          <WindowPicker name={name} windows={withDrift} before={call.query('windows')} shown={shown.number} />
        </>
      )}
      <BestWorldSection view={view} />
      <LabelsDrift view={view} />
      <WindowPages name={name} view={view} />
    </section>
  );
}

function Moved({ window, histograms }: { readonly window: Judged; readonly histograms: readonly Histogram[] }) {
  const drift = window.found?.drift;
  if (drift == null) return null;
  return (
    <>
      <p>
        <b>
          Window {window.number}, {rows(drift.rows)}:
        </b>{' '}
        {drift.text}
      </p>
      {window.found?.kinds == null ? null : <p id="kinds">{window.found.kinds.text}</p>}
      <Causes causes={drift.causes} />
      {drift.together === null ? null : <Together judged={drift.together} />}
      {histograms.length === 0 ? (
        <p class="small dim">The distributions of this window were not kept.</p>
      ) : (
        <>
          <div class="cells">
            {histograms.map((histogram) => (
              <HistogramPair label={labelOf(histogram, drift.features)} cells={sharesOf(histogram)} />
            ))}
          </div>
          <HistogramLegend currentName={`window ${window.number}`} />
        </>
      )}
    </>
  );
}

/** What the answers moved by, feature by feature, the likeliest cause first. */
function Causes({ causes }: { readonly causes: NonNullable<WindowEvidence['drift']>['causes'] }) {
  if (causes.length === 0) return null;
  return (
    <div id="causes">
      <Table
        label="likely causes"
        caption={
          'Likely causes: how much of the movement of the answers goes away when the reference is re-weighted to the ' +
          'values of the feature in the window. Features that move together share it; it is no test.'
        }
        rows={causes}
        columns={[
          { head: 'Feature', cell: ({ feature }) => feature, isHeading: true },
          {
            head: 'of what answers moved by',
            cell: ({ answerShare }) => (answerShare === null ? 'not known' : percent(answerShare)),
          },
          { head: 'moved itself by', cell: ({ effect }) => `${number(effect)} sd` },
          {
            head: 'most',
            cell: ({ part }) => `${part.label}: ${percent(part.now)} of rows, ${percent(part.before)} before`,
          },
        ]}
      />
    </div>
  );
}

function labelOf(
  histogram: Histogram,
  features: readonly { readonly name: string; readonly effect: number; readonly drifted: boolean }[],
): string {
  const feature = features.find((one) => one.name === histogram.name);
  if (feature === undefined) return histogram.name;
  return `${histogram.name}: distance ${number(feature.effect)}, ${feature.drifted ? 'moved' : 'stable'}`;
}

function Heat({ windows, limit }: { readonly windows: readonly Judged[]; readonly limit: number }) {
  const columns = windows.map(
    ({ found }) => new Map((found?.drift?.features ?? []).map((feature) => [feature.name, feature])),
  );
  const peaks = new Map<string, number>();
  for (const column of columns)
    for (const [name, feature] of column) peaks.set(name, Math.max(peaks.get(name) ?? 0, feature.effect));
  const all = [...peaks].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
  const features = all.slice(0, featuresMax);
  const leftOut = all.length > features.length ? ` (${features.length} of ${all.length})` : '';
  return (
    <HeatMap
      label={`Distance per feature and window, moved most first${leftOut}`}
      rows={features}
      columns={windows.map((window) => `window ${window.number}`)}
      value={(row, column) => columns[column]?.get(features[row] ?? '')?.effect ?? null}
      hit={(row, column) => columns[column]?.get(features[row] ?? '')?.drifted ?? false}
      scale={Math.max(2 * limit, 0.01)}
    />
  );
}

function WindowPicker({
  name,
  windows,
  before,
  shown,
}: {
  readonly name: string;
  readonly windows: readonly Judged[];
  readonly before: string | null;
  readonly shown: number;
}) {
  return (
    <form method="get" action={`${modelPath(name)}#drift`} class="filters">
      {before === null ? null : <input type="hidden" name="windows" value={before} />}
      <label>
        Distributions of window
        <select name="window">
          {windows.toReversed().map((window) => (
            <option value={String(window.number)} selected={window.number === shown}>
              {window.number}
              {window.found?.drift?.verdict === 'drift' ? ' (drift)' : ''}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}

/** Older and newer windows; every chart of the page follows. */
export function WindowPages({ name, view }: Pick<SectionProps, 'name' | 'view'>) {
  const first = view.windows[0];
  const last = view.windows.at(-1);
  if (first === undefined || last === undefined) return null;
  const latest = view.openWindow.number - 1;
  return (
    <nav class="pages small" aria-label="Pages of windows">
      {first.number > 1 ? <a href={`${modelPath(name)}?windows=${first.number}#drift`}>Older windows</a> : null}
      <span class="dim">
        windows {first.number}–{last.number} of {latest}
      </span>
      {last.number < latest ? <a href={`${modelPath(name)}#drift`}>Latest windows</a> : null}
    </nav>
  );
}
