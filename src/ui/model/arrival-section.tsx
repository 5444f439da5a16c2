import { usualCoverage } from '../../domain/watch/mature-through.ts';
import { Bars } from '../charts/bars.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import type { NeverArriving } from '../../domain/watch/never-arriving.ts';
import { number, percent, rows } from '../words/format.ts';
import type { SectionProps } from './section.ts';

/** How late labels come, by what they say: until the slowest have come, no verdict looks at a row. */
export function ArrivalSection({ view }: SectionProps) {
  const { maturity, curves } = view.arrival;
  const coverage = maturity.coverage ?? usualCoverage;
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
          threshold={{ value: 100 * coverage, label: percent(coverage) }}
          include={[0, 100]}
          yUnit="%"
          xLabel="rows of traffic after the answer"
          sayX={(x) => number(x)}
        />
      )}
      <NeverComes never={maturity.never ?? null} />
      <p class="small dim">
        Promotion, guard, decay, correction, trainings and the quality of windows look at rows where every curve has
        passed {percent(coverage)} (<code>watch.labelCoverage</code>): a class whose labels come late is not left out.
      </p>
    </section>
  );
}

/** What no verdict sees: rows that are old enough and have no label, by what was answered to them. */
function NeverComes({ never }: { readonly never: NeverArriving | null }) {
  if (never === null) return <p class="small dim">Which rows never get a label is not known yet.</p>;
  return (
    <>
      <h3>Labels that never come</h3>
      <p>
        <span class="figure">{percent(never.share)}</span> of {rows(never.rows)} that are old enough have no label. A
        class whose labels never come is seen by no verdict: these rows are not waited for.
      </p>
      <Bars
        label="Share of old rows without a label, by answer"
        items={never.bands.map(({ name, share, rows: of }) => ({
          label: name,
          value: share,
          text: `${percent(share)} of ${rows(of)}`,
        }))}
      />
    </>
  );
}
