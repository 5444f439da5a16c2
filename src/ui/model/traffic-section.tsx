import { LineChart } from '../charts/line-chart.tsx';
import { duration, number, percent, time } from '../format.ts';
import { sayCount } from '../../domain/words/say.ts';
import type { SectionProps } from './model-page.tsx';
import { windowEvidence } from './window-evidence.ts';

/** Rows, failures and latency per window, and what each window was judged to be. */
export function TrafficSection({ view }: SectionProps) {
  return (
    <section class="panel" id="traffic" aria-labelledby="traffic-title">
      <h2 id="traffic-title">Traffic</h2>
      {view.windows.length === 0 ? (
        <p class="empty">
          No window has closed yet: window {view.openWindow.number} holds {sayCount(view.openWindow.rows)} rows. Ask
          with <code>POST /v1/models/…/predict</code> on the inference port.
        </p>
      ) : (
        <>
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
                dashed: true,
                colour: 1,
              },
            ]}
            yUnit="ms"
            xLabel="window"
            sayX={(x) => `window ${x}`}
            include={[0]}
            heightPx={130}
          />
          <details class="fold" open={view.windows.length <= 10}>
            <summary>
              Windows {view.windows[0]?.number}–{view.windows.at(-1)?.number} in numbers
            </summary>
            <WindowTable view={view} />
          </details>
        </>
      )}
    </section>
  );
}

function WindowTable({ view }: Pick<SectionProps, 'view'>) {
  return (
    <div class="scroll" tabindex={0} role="group" aria-label="Windows">
      <table data-sort>
        <thead>
          <tr>
            <th>window</th>
            <th>closed</th>
            <th class="num">rows</th>
            <th class="num">by the challenger</th>
            <th class="num">failed</th>
            <th class="num">slow</th>
            <th class="num">mean latency</th>
            <th class="num">labelled</th>
            <th>verdict</th>
          </tr>
        </thead>
        <tbody>
          {view.windows.toReversed().map((window) => {
            const decay = windowEvidence(window.evidence)?.decay;
            return (
              <tr id={`window-${window.number}`}>
                <td data-value={String(window.number)}>{window.number}</td>
                <td data-value={String(window.closedAt.getTime())}>
                  {time(window.closedAt)}
                  <br />
                  <small class="dim">open for {duration(window.closedAt.getTime() - window.openedAt.getTime())}</small>
                </td>
                <td class="num">{sayCount(window.rows)}</td>
                <td class="num">{sayCount(window.traffic.challengerRows)}</td>
                <td class="num">{sayCount(window.traffic.failed)}</td>
                <td class="num">{sayCount(window.traffic.slow)}</td>
                <td class="num">{number(window.traffic.latencyMeanMs, 'ms')}</td>
                <td class="num">
                  {window.quality === null
                    ? '—'
                    : percent(window.quality.labelledRows / Math.max(1, window.quality.rows))}
                </td>
                <td>
                  <span class={`state ${verdictKind(window.verdict)}`}>{window.verdict ?? 'not judged yet'}</span>
                  {decay == null || decay.verdict !== 'decayed' ? null : <p class="small">{decay.text}</p>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function verdictKind(verdict: string | null): string {
  if (verdict === 'stable') return 'good';
  if (verdict === 'drift') return 'warn';
  return verdict === 'decayed' ? 'bad' : '';
}
