import type { RolloutPage } from '../../db/pages/rollout.ts';
import { boundaryOf } from '../../domain/rollout/alpha-shares.ts';
import { isRows } from '../../domain/words/extent.ts';
import { sayNumber, sayShare } from '../../domain/words/say.ts';
import { LineChart } from '../charts/line-chart.tsx';
import { duration, many, number, rows } from '../words/format.ts';

/** Larger e-values are drawn at this one: the axis is for reading, and the sentence has the number. */
const logEValueShownMax = Math.log(1e12);

/** The sequential test, look by look, against the boundary at which it stops. */
export function Evidence({ page }: { readonly page: RolloutPage }) {
  const { plan } = page;
  const boundary = boundaryIn(page);
  const last = page.looks.at(-1);
  return (
    <section class="panel" id="evidence">
      <h2>Evidence that it does harm</h2>
      <p class="dim small">
        How many times better “v{page.key.version} fails more than {sayNumber(plan.riskRatioMax)} times as often as the
        champion” explains the failures so far than “it does not”. At {number(boundary)} it is stopped. It may be looked
        at as often as one likes: a healthy challenger is stopped, by this or another rule, in at most{' '}
        {sayShare(plan.alpha)} of rollouts.
      </p>
      {last === undefined ? (
        <p class="empty">
          No look yet. The first comes after{' '}
          {isRows(plan.lookEvery) ? rows(plan.lookEvery.rows) : duration(plan.lookEvery.ms)} of traffic in a step.
        </p>
      ) : (
        <Curve page={page} last={last} />
      )}
    </section>
  );
}

type Look = RolloutPage['looks'][number];

function Curve({ page, last }: { readonly page: RolloutPage; readonly last: Look }) {
  const { looks, looksLeftOut } = page;
  const boundary = boundaryIn(page);
  const leftOut = looksLeftOut > 0 ? ` (${looksLeftOut} earlier ones are not drawn)` : '';
  const drawn = `${many(looks.length, 'look')}${leftOut}`;
  return (
    <LineChart
      label={`Evidence by row of traffic, ${drawn}; last ${number(eValueOf(last))} of ${number(boundary)}`}
      series={[
        {
          name: 'evidence (e-value)',
          points: looks.map((look) => ({ x: look.throughSeq, y: eValueOf(look) })),
        },
      ]}
      threshold={{ value: boundary, label: `stops at ${number(boundary)}` }}
      marks={stepMarks(looks)}
      xLabel="rows of traffic"
      sayX={(x) => number(x)}
      include={[1]}
      isLogarithmic
    />
  );
}

/** As the last look had it; a plan says what the first one will have. */
function boundaryIn({ looks, plan }: RolloutPage): number {
  return looks.at(-1)?.boundary || boundaryOf(plan, 'evidence');
}

function eValueOf(look: Look): number {
  return Math.exp(Math.min(look.logEValue, logEValueShownMax));
}

/** Where a step's first look was taken. */
function stepMarks(looks: RolloutPage['looks']): { x: number; label: string }[] {
  return looks.flatMap((look, i) =>
    i === 0 || looks[i - 1]?.step !== look.step ? [{ x: look.throughSeq, label: look.step }] : [],
  );
}
