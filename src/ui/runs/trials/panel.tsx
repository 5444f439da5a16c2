import type { RunShown } from '../../../commands/pages/runs.ts';
import type { TrialView } from '../../../contracts/http/trials.ts';
import { settingImportance } from '../../../domain/training/search/setting-importance.ts';
import { Bars } from '../../charts/bars.tsx';
import { LineChart } from '../../charts/line-chart.tsx';
import { Table, type Column } from '../../table/table.tsx';
import { duration, number, percent } from '../../words/format.ts';
import { bestSoFar, comparable } from './comparable.ts';
import { ParallelPlot } from './parallel-plot.tsx';

/** The trials of a search: how the best came about, what settings did, and each trial. Nothing without a search. */
export function Trials({ shown: { trials } }: { readonly shown: Pick<RunShown, 'trials'> }) {
  if (trials.length === 0) return null;
  return (
    <section class="panel" id="trials" data-live="trials">
      <h2>Trials</h2>
      <LineChart
        label="Lowest validation loss so far, by trial"
        series={bestSoFar(trials)}
        xLabel="trial"
        sayX={(x) => `trial ${x}`}
      />
      {[...new Set(trials.map(({ family }) => family))].map((family) => (
        <Family family={family} trials={comparable(trials, family)} />
      ))}
      <details class="fold">
        <summary>All trials</summary>
        <Table label="All trials" columns={columns} rows={trials} isSortable rowId={rowId} />
      </details>
    </section>
  );
}

function Family({ family, trials }: { readonly family: string; readonly trials: readonly TrialView[] }) {
  const importance = settingImportance(
    trials.flatMap(({ settings, loss }) => (loss === null ? [] : [{ values: settings, loss }])),
  );
  return (
    <>
      <h3>{family}</h3>
      <ParallelPlot family={family} trials={trials} />
      {importance.length === 0 ? (
        <p class="dim small">What each setting explains is said from twelve trials on.</p>
      ) : (
        <>
          <p class="dim small">Share of the order of the losses that each setting explains by itself:</p>
          <Bars
            label={`What the settings of ${family} explain`}
            full={1}
            items={importance.map(({ name, share }) => ({ label: name, value: share, text: percent(share) }))}
          />
        </>
      )}
    </>
  );
}

const columns: readonly Column<TrialView>[] = [
  { head: 'Trial', cell: sayTrial, isHeading: true },
  { head: 'Family', cell: ({ family }) => family },
  { head: 'Rows', cell: ({ rows }) => number(rows), isNumber: true },
  {
    head: 'Loss',
    cell: ({ loss, reason }) => (loss === null ? (reason ?? 'none') : loss.toPrecision(5)),
    isNumber: true,
  },
  { head: 'Trees', cell: ({ trees }) => number(trees), isNumber: true },
  { head: 'Processor time', cell: ({ computeMs }) => duration(computeMs), isNumber: true },
  { head: 'Settings', cell: ({ settings }) => sayAll(settings), width: 'wide' },
];

/** Where a mean of trials answers, the share of each. */
function sayTrial({ number: at, isChosen, weight }: TrialView): string {
  const share = weight === null ? '' : ` (${percent(weight)} of the mean)`;
  return `${at}${isChosen ? ' (taken)' : ''}${share}`;
}

function sayAll(settings: TrialView['settings']): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
    .join(', ');
}

function rowId({ number: at, rung }: TrialView): string {
  return `trial-${at}-${rung}`;
}
