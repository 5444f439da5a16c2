import type { RolloutPage } from '../../db/pages/rollout.ts';
import { titleOf } from '../../domain/metrics/metrics.ts';
import { Interval } from '../charts/bars.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import { number, percent, rows, time } from '../words/format.ts';

/** The comparison that a promotion rests on: both scored the same rows, and their labels are known. */
export function Paired({ page }: { readonly page: RolloutPage }) {
  const { promotion } = page.plan;
  const last = page.promotions.at(-1);
  return (
    <section class="panel" id="paired">
      <h2>Is it good enough to promote?</h2>
      <p class="dim small">
        {titleOf(promotion.metric)} of both on the same labelled rows, from {rows(promotion.labelledRowsMin)} on. One
        that is more than {number(promotion.margin)} worse is promoted in about {percent(promotion.alpha)} of rollouts
        at most.
      </p>
      {last === undefined ? (
        <p class="empty">Not compared yet: that happens after the last step, when labels have arrived.</p>
      ) : (
        <>
          <p>{last.text}</p>
          <Estimate promotion={promotion} last={last} />
          {page.promotions.length < 2 ? null : <Curve page={page} />}
        </>
      )}
      {page.guard === null ? null : (
        <p>
          <b>Afterwards:</b> {page.guard.text} <span class="dim small">{time(page.guard.at)}</span>
        </p>
      )}
    </section>
  );
}

interface EstimateProps {
  readonly promotion: RolloutPage['plan']['promotion'];
  readonly last: RolloutPage['promotions'][number];
}

function Estimate({ promotion, last }: EstimateProps) {
  if (last.estimate === null || last.lower === null || last.upper === null) return null;
  return (
    <>
      <Interval
        label={`${titleOf(promotion.metric)}, challenger against champion`}
        low={last.lower}
        estimate={last.estimate}
        high={last.upper}
        zero={-promotion.margin}
      />
      <p class="small dim">
        The upright line is the margin, {number(-promotion.margin)}: the whole interval must lie to its right. Right is
        better. {rows(last.rows)}, all labelled; the interval holds for all looks together. {time(last.at)}
      </p>
    </>
  );
}

function Curve({ page }: { readonly page: RolloutPage }) {
  const { promotions, plan } = page;
  const estimates = promotions.map((look) => ({ x: look.throughSeq, y: look.estimate }));
  const intervals = promotions.flatMap(({ throughSeq, lower, upper }) =>
    lower === null || upper === null ? [] : [{ x: throughSeq, low: lower, high: upper }],
  );
  return (
    <LineChart
      label="The same comparison, look by look"
      series={[{ name: 'estimate', points: estimates }]}
      bands={[{ name: 'interval', points: intervals }]}
      threshold={{ value: -plan.promotion.margin, label: 'margin' }}
      xLabel="rows of traffic"
      sayX={(x) => number(x)}
    />
  );
}
