import { LineChart } from '../charts/line-chart.tsx';
import { Table, type Column } from '../table/table.tsx';
import { duration, number, percent, time } from '../words/format.ts';
import { sayBytes, sayCount } from '../../domain/words/say.ts';
import { trustWords } from '../../domain/watch/judge-estimate.ts';
import { isPartial } from './partial.ts';
import type { SectionProps } from './section.ts';
import { windowEvidence } from './window-evidence.ts';

/** Rows, failures and latency per window, and what each window was judged to be. */
export function TrafficSection({ view }: SectionProps) {
  return (
    <section class="panel" id="traffic" aria-labelledby="traffic-title">
      <h2 id="traffic-title">Traffic</h2>
      <Stored view={view} />
      {view.windows.length === 0 ? (
        <p class="empty">
          No window has closed yet: window {view.openWindow.number} holds {sayCount(view.openWindow.rows)} rows. Ask
          with <code>POST /v1/models/…/predict</code> on the inference port.
        </p>
      ) : (
        <>
          <Latency view={view} />
          <details class="fold" open={view.windows.length <= 10}>
            <summary>
              Windows {view.windows[0]?.number}–{view.windows.at(-1)?.number} in numbers
            </summary>
            <Table
              label="Windows"
              columns={columns}
              rows={view.windows.toReversed()}
              rowId={(window) => `window-${window.number}`}
              isSortable
            />
          </details>
        </>
      )}
    </section>
  );
}

/** What the model takes on the disks, and whether it is held. */
function Stored({ view: { storage, hold } }: Pick<SectionProps, 'view'>) {
  if (storage === null && hold === null) return null;
  return (
    <p class="small dim">
      {storage === null ? null : sayStorage(storage)}
      {hold === null ? null : (
        <b>
          Legal hold by {hold.actor}: “{hold.reason}”. Nothing of it is removed.
        </b>
      )}
    </p>
  );
}

function sayStorage(stored: NonNullable<SectionProps['view']['storage']>): string {
  const { predictionBytes, bytesPerPrediction, labelBytes, evidenceBytes, artifactBytes } = stored;
  const each = bytesPerPrediction === null ? '' : ` (${sayBytes(bytesPerPrediction)} each)`;
  return (
    `Predictions take ${sayBytes(predictionBytes)}${each}, labels ${sayBytes(labelBytes)}, ` +
    `evidence ${sayBytes(evidenceBytes)}, artifacts ${sayBytes(artifactBytes)}. `
  );
}

function Latency({ view }: Pick<SectionProps, 'view'>) {
  return (
    <LineChart
      label="Latency per window as serving measured it, ms"
      series={[
        {
          name: 'mean',
          points: view.windows.map((window) => ({ x: window.number, y: window.traffic.latencyMeanMs })),
        },
        {
          name: 'slowest answer',
          points: view.windows.map((window) => ({ x: window.number, y: window.traffic.latencyMaxMs })),
          isDashed: true,
          colour: 1,
        },
      ]}
      yUnit="ms"
      xLabel="window"
      sayX={(x) => `window ${x}`}
      include={[0]}
      heightPx={130}
    />
  );
}

type Window = SectionProps['view']['windows'][number];

const columns: readonly Column<Window>[] = [
  { head: 'window', cell: (window) => window.number, sortKey: (window) => String(window.number) },
  {
    head: 'closed',
    cell: (window) => <Closed window={window} />,
    sortKey: (window) => String(window.closedAt.getTime()),
  },
  { head: 'rows', cell: (window) => sayCount(window.rows), isNumber: true },
  { head: 'by the challenger', cell: ({ traffic }) => sayCount(traffic.challengerRows), isNumber: true },
  { head: 'failed', cell: ({ traffic }) => sayCount(traffic.failed), isNumber: true },
  { head: 'slow', cell: ({ traffic }) => sayCount(traffic.slow), isNumber: true },
  { head: 'mean latency', cell: ({ traffic }) => number(traffic.latencyMeanMs, 'ms'), isNumber: true },
  {
    head: 'labelled',
    cell: ({ quality }) => (quality === null ? '—' : percent(quality.labelledRows / Math.max(1, quality.rows))),
    isNumber: true,
  },
  { head: 'quality from', cell: (window) => qualityFrom(window) },
  { head: 'verdict', cell: (window) => <Verdict window={window} /> },
];

/** Realised, on part of its labels, or only estimated: what a window's figures rest on. */
function qualityFrom({ quality, evidence }: Window): string {
  if (quality === null) return '—';
  if (quality.realised !== null) return isPartial(quality) ? 'part of its labels' : 'labels';
  if (quality.estimated === null) return 'waits for labels';
  const estimate = windowEvidence(evidence)?.estimate ?? null;
  const trust = estimate?.metrics[estimate.loss]?.trust ?? 'not-yet';
  return `estimate, ${trustWords[trust]}`;
}

function Closed({ window }: { readonly window: Window }) {
  return (
    <>
      {time(window.closedAt)}
      <br />
      <small class="dim">open for {duration(window.closedAt.getTime() - window.openedAt.getTime())}</small>
    </>
  );
}

function Verdict({ window }: { readonly window: Window }) {
  const decay = windowEvidence(window.evidence)?.decay;
  return (
    <>
      <span class={`state ${verdictKind(window.verdict)}`}>{window.verdict ?? 'not judged yet'}</span>
      {decay == null || decay.verdict !== 'decayed' ? null : <p class="small">{decay.text}</p>}
    </>
  );
}

function verdictKind(verdict: string | null): string {
  if (verdict === 'stable') return 'good';
  if (verdict === 'drift') return 'warn';
  return verdict === 'decayed' ? 'bad' : '';
}
