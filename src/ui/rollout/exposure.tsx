import type { RolloutPage } from '../../db/pages/rollout.ts';
import { isRows } from '../../domain/words/extent.ts';
import { Bars } from '../charts/bars.tsx';
import { LineChart } from '../charts/line-chart.tsx';
import { duration, many, number, rows, time } from '../words/format.ts';

/** How much traffic each step may use, and how much it has. */
export function Exposure({ page }: { readonly page: RolloutPage }) {
  const items = page.steps.map((step, index) => {
    const planned = isRows(step.extent) ? step.extent.rows : null;
    const spent = spentIn(page, index, planned);
    return {
      label: step.name,
      value: planned === null ? (spent.share ?? 0) : Math.min(1, spent.rows / planned),
      text: planned === null ? spent.text : `${rows(Math.min(spent.rows, planned))} of ${number(planned)}`,
    };
  });
  const last = page.looks.at(-1);
  return (
    <section class="panel" id="exposure">
      <h2>Exposure spent</h2>
      <Bars label="Exposure spent by step" items={items} />
      {last?.excess == null ? null : <Excess page={page} last={last.excess} />}
      {last === undefined ? null : (
        <p class="small dim">
          At the last look v{page.key.version} had answered {rows(last.challengerRows)} and the champion{' '}
          {rows(last.championRows)}; {many(last.entities, 'entity', 'entities')} had been seen. {time(last.at)}
        </p>
      )}
    </section>
  );
}

/** The failures that the rollout has cost, look by look, against what its plan allows. */
function Excess({ page, last }: { readonly page: RolloutPage; readonly last: NonNullable<Look['excess']> }) {
  const points = page.looks.flatMap(({ throughSeq, excess }) =>
    excess === null ? [] : [{ x: throughSeq, ...excess }],
  );
  const lines = [
    { name: 'as it looks', points: points.map(({ x, estimate }) => ({ x, y: estimate })) },
    { name: 'proven', points: points.map(({ x, proven }) => ({ x, y: proven })) },
  ];
  return (
    <>
      <p>
        About {number(Math.max(0, Math.round(last.estimate)))} more entities failed than with the champion,{' '}
        {number(Math.floor(last.proven))} of them proven. It is stopped when {number(last.max)} are proven: as it looks,
        versions that are alike may seem to cost some, too.
      </p>
      <LineChart
        label="Failures beyond the champion's, look by look"
        series={lines}
        threshold={{ value: last.max, label: `stops at ${number(last.max)}` }}
        xLabel="rows of traffic"
        sayX={(x) => number(x)}
        include={[0]}
      />
    </>
  );
}

type Look = RolloutPage['looks'][number];

interface Spent {
  readonly rows: number;
  /** Null where the step has no bound in time. */
  readonly share: number | null;
  readonly text: string;
}

function spentIn(page: RolloutPage, index: number, planned: number | null): Spent {
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
    share: Math.min(1, elapsedMs / step.extent.ms, step.rowsMin === 0 ? 1 : used / step.rowsMin),
    text:
      `${duration(Math.min(elapsedMs, step.extent.ms))} of ${duration(step.extent.ms)}, ${rows(used)}` +
      (step.rowsMin === 0 ? '' : ` of at least ${number(step.rowsMin)}`),
  };
}
