import { maturityShare } from '../../domain/watch/mature-through.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { number, percent } from '../words/format.ts';
import type { SectionProps } from './section.ts';

/** How late labels come, by what they say: until the slowest have come, no verdict looks at a row. */
export function ArrivalSection({ view }: SectionProps) {
  const { maturity, curves } = view.arrival;
  return (
    <section class="panel" id="arrival" aria-labelledby="arrival-title">
      <h2 id="arrival-title">How late labels come</h2>
      <p>{maturity.text}</p>
      {curves.length === 0 ? null : (
        <LineChart
          label="Labels that have come, % of those that come, by class"
          series={curves.map(({ kind, points }) => ({
            name: kind,
            points: points.map(({ delayRows, share }) => ({ x: delayRows, y: Math.round(1_000 * share) / 10 })),
          }))}
          threshold={{ value: 100 * maturityShare, label: percent(maturityShare) }}
          include={[0, 100]}
          yUnit="%"
          xLabel="rows of traffic after the answer"
          sayX={(x) => number(x)}
        />
      )}
      <p class="small dim">
        Promotion, guard, decay and correction look at rows where every curve has passed {percent(maturityShare)}: a
        class whose labels come late is not left out.
      </p>
    </section>
  );
}
