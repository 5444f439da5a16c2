import type { RolloutPage } from '../../db/pages/rollout.ts';
import { isRows } from '../../domain/words/extent.ts';
import { titleOf } from '../../domain/metrics/metrics.ts';
import { sayNumber, sayShare } from '../../domain/words/say.ts';
import { Bars, Interval } from '../charts/bars.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import { duration, many, number, percent, rows, time } from '../format.ts';

/** Larger e-values are drawn at this one: the axis is for reading, and the sentence has the number. */
const logEValueShownMax = Math.log(1e12);

/** The sequential test, look by look, against the boundary at which it stops. */
export function Evidence({ page }: { readonly page: RolloutPage }) {
  const { plan, looks } = page;
  const boundary = 1 / plan.alpha;
  const last = looks.at(-1);
  return (
    <section class="panel" id="evidence">
      <h2>Evidence that it does harm</h2>
      <p class="dim small">
        How many times better “v{page.key.version} fails more than {sayNumber(plan.riskRatioMax)} times as often as the
        champion” explains the failures so far than “it does not”. At {number(boundary)} it is stopped. It may be looked
        at as often as one likes: a healthy challenger is stopped in at most {sayShare(plan.alpha)} of rollouts.
      </p>
      {last === undefined ? (
        <p class="empty">
          No look yet. The first comes after{' '}
          {isRows(plan.lookEvery) ? rows(plan.lookEvery.rows) : duration(plan.lookEvery.ms)} of traffic in a step.
        </p>
      ) : (
        <LineChart
          label={
            `Evidence by row of traffic, ${many(looks.length, 'look')}` +
            `${page.looksLeftOut > 0 ? ` (${page.looksLeftOut} earlier ones are not drawn)` : ''}; ` +
            `last ${number(Math.exp(Math.min(last.logEValue, logEValueShownMax)))} of ${number(boundary)}`
          }
          series={[
            {
              name: 'evidence (e-value)',
              points: looks.map((look) => ({
                x: look.throughSeq,
                y: Math.exp(Math.min(look.logEValue, logEValueShownMax)),
              })),
            },
          ]}
          threshold={{ value: boundary, label: `stops at ${number(boundary)}` }}
          marks={stepMarks(looks)}
          xLabel="rows of traffic"
          sayX={(x) => number(x)}
          include={[1]}
          logarithmic
        />
      )}
    </section>
  );
}

/** Where a step's first look was taken. */
function stepMarks(looks: RolloutPage['looks']): { x: number; label: string }[] {
  return looks.flatMap((look, i) =>
    i === 0 || looks[i - 1]?.step !== look.step ? [{ x: look.throughSeq, label: look.step }] : [],
  );
}

/** Who met what with whom. */
export function Failures({ page }: { readonly page: RolloutPage }) {
  const { arms, isPartial, mistakes, mistakesSampled } = page.failures;
  return (
    <section class="panel" id="failures">
      <h2>Entities and failures by arm</h2>
      {arms.length === 0 ? (
        <p class="empty">Nobody has been assigned yet: the canary has not begun.</p>
      ) : (
        <div class="scroll" tabindex={0} role="group" aria-label="Failures by arm">
          <table>
            <caption>
              {isPartial ? 'Over the first of many entities.' : 'Each entity counts once, with its first failure.'}{' '}
              Wrong decisions are known only where a label has arrived.
            </caption>
            <thead>
              <tr>
                <th>arm</th>
                <th class="num">entities</th>
                <th class="num">failed</th>
                <th class="num">share</th>
                <th class="num">wrong</th>
                <th class="num">no answer</th>
                <th class="num">slow</th>
              </tr>
            </thead>
            <tbody>
              {arms.map((arm) => (
                <tr>
                  <th scope="row">
                    {arm.arm} {armVersion(page, arm.arm)}
                  </th>
                  <td class="num">{number(arm.entities)}</td>
                  <td class="num">{number(arm.failed)}</td>
                  <td class="num">{percent(arm.entities === 0 ? null : arm.failed / arm.entities)}</td>
                  <td class="num">{number(arm.wrong)}</td>
                  <td class="num">{number(arm.errors)}</td>
                  <td class="num">{number(arm.slow)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mistakes.length === 0 ? null : (
        <>
          <h3>What the wrong decisions were</h3>
          <p class="dim small">
            Over {many(mistakesSampled, 'entity', 'entities')} whose first failure was a wrong decision.
          </p>
          <Bars
            label="Wrong decisions"
            items={mistakes.map((mistake) => ({
              label: `${mistake.arm} said ${mistake.decision}, it was ${mistake.label}`,
              value: mistake.entities,
              text: many(mistake.entities, 'entity', 'entities'),
            }))}
          />
        </>
      )}
    </section>
  );
}

function armVersion(page: RolloutPage, arm: string): string {
  if (arm === 'challenger') return `(v${page.key.version})`;
  return arm === 'champion' && page.row.baseVersion !== null ? `(v${page.row.baseVersion})` : '';
}

/** How much traffic each step may use, and how much it has. */
export function Exposure({ page }: { readonly page: RolloutPage }) {
  const items = page.steps.map((step, index) => {
    const planned = isRows(step.extent) ? step.extent.rows : null;
    const spent = spentIn(page, index, planned);
    return {
      label: `${step.name}`,
      value: planned === null ? (spent.share ?? 0) : Math.min(1, spent.rows / planned),
      text: planned === null ? spent.text : `${rows(Math.min(spent.rows, planned))} of ${number(planned)}`,
    };
  });
  const last = page.looks.at(-1);
  return (
    <section class="panel" id="exposure">
      <h2>Exposure spent</h2>
      <Bars label="Exposure spent by step" items={items} />
      {last === undefined ? null : (
        <p class="small dim">
          At the last look v{page.key.version} had answered {rows(last.challengerRows)} and the champion{' '}
          {rows(last.championRows)}; {many(last.entities, 'entity', 'entities')} had been seen. {time(last.at)}
        </p>
      )}
    </section>
  );
}

function spentIn(
  page: RolloutPage,
  index: number,
  planned: number | null,
): { readonly rows: number; readonly share: number | null; readonly text: string } {
  const { row } = page;
  if (row.step === null || index > row.step) return { rows: 0, share: 0, text: 'to come' };
  if (index < row.step) return { rows: planned ?? 0, share: 1, text: 'used up' };
  const lastSeq = row.endedSeq ?? page.lastSeq;
  const used = row.stepBegun || row.endedAt !== null ? Math.max(0, lastSeq - row.stepStartedSeq) : 0;
  const step = page.steps[index];
  if (step === undefined || isRows(step.extent) || row.stepStartedAt === null)
    return { rows: used, share: null, text: rows(used) };
  const elapsedMs = (row.endedAt ?? new Date()).getTime() - row.stepStartedAt.getTime();
  return {
    rows: used,
    share: Math.min(1, elapsedMs / step.extent.ms),
    text: `${duration(Math.min(elapsedMs, step.extent.ms))} of ${duration(step.extent.ms)}, ${rows(used)}`,
  };
}

/** The comparison that a promotion rests on: both scored the same rows, and their labels are known. */
export function Paired({ page }: { readonly page: RolloutPage }) {
  const { promotion } = page.plan;
  const last = page.promotions.at(-1);
  return (
    <section class="panel" id="paired">
      <h2>Is it good enough to promote?</h2>
      <p class="dim small">
        {titleOf(promotion.metric)} of both on the same labelled rows. It may be up to {number(promotion.margin)} worse,
        with {percent(1 - promotion.alpha)} confidence, on at least {rows(promotion.labelledRowsMin)}.
      </p>
      {last === undefined ? (
        <p class="empty">Not compared yet: that happens after the last step, when labels have arrived.</p>
      ) : (
        <>
          <p>{last.text}</p>
          {last.estimate === null || last.lower === null || last.upper === null ? null : (
            <>
              <Interval
                label={`${titleOf(promotion.metric)}, challenger against champion`}
                low={last.lower}
                estimate={last.estimate}
                high={last.upper}
                zero={-promotion.margin}
              />
              <p class="small dim">
                The upright line is the margin, {number(-promotion.margin)}: the whole interval must lie to its right.
                Right is better. {rows(last.rows)}, all labelled, by{' '}
                {last.method === 'delong' ? 'DeLong' : 'a paired bootstrap'}. {time(last.at)}
              </p>
            </>
          )}
          {page.promotions.length < 2 ? null : (
            <LineChart
              label="The same comparison, look by look"
              series={[
                { name: 'estimate', points: page.promotions.map((look) => ({ x: look.throughSeq, y: look.estimate })) },
              ]}
              bands={[
                {
                  name: 'interval',
                  points: page.promotions.flatMap((look) =>
                    look.lower === null || look.upper === null
                      ? []
                      : [{ x: look.throughSeq, low: look.lower, high: look.upper }],
                  ),
                },
              ]}
              threshold={{ value: -promotion.margin, label: 'margin' }}
              xLabel="rows of traffic"
              sayX={(x) => number(x)}
            />
          )}
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
