import { agreementWords } from '../../../domain/watch/judge-proxy.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { State } from '../../words/state.tsx';
import type { SectionProps } from '../section.ts';
import { windowEvidence, type WindowEvidence } from '../window-evidence.ts';

type Shown = WindowEvidence['proxies'][number] & { readonly window: number };

/** Each declared proxy over the windows that are shown, and whether it goes with labels; nothing without any. */
export function Proxies({ view }: Pick<SectionProps, 'view'>) {
  const byName = new Map<string, Shown[]>();
  for (const { number, evidence } of view.windows.toSorted((a, b) => a.number - b.number))
    for (const proxy of windowEvidence(evidence)?.proxies ?? [])
      byName.set(proxy.name, [...(byName.get(proxy.name) ?? []), { ...proxy, window: number }]);
  if (byName.size === 0) return null;
  return (
    <div id="proxies">
      <h3>Proxies</h3>
      <p class="small dim">
        What comes sooner than labels and stands in for them. A proxy may ring the alarm <code>proxy-worse</code>, as
        information until it has agreed with enough mature labels and as a warning from then on. No decision rests on
        it.
      </p>
      {[...byName].map(([name, windows]) => (
        <Proxy name={name} windows={windows} />
      ))}
    </div>
  );
}

function Proxy({ name, windows }: { readonly name: string; readonly windows: readonly Shown[] }) {
  const last = windows.at(-1);
  const points = windows.map(({ window, mean }) => ({ x: window, y: mean }));
  const band = windows.flatMap(({ window, lower, upper }) =>
    lower === null || upper === null ? [] : [{ x: window, low: lower, high: upper }],
  );
  if (last === undefined) return null;
  const agreement = last.agreement.verdict;
  return (
    <>
      <p>
        <State of={last.verdict} /> <State of={agreement} text={agreementWords[agreement]} />
        {` Window ${last.window}: ${last.text}`}
      </p>
      <LineChart
        label={`${name} per window, as known when it closed`}
        series={[{ name: `mean of ${name}`, points }]}
        bands={[{ name: '95 % interval', points: band }]}
        xLabel="window"
        sayX={(x) => `window ${x}`}
        heightPx={130}
      />
    </>
  );
}
