import type { CandidateView, ExperimentView } from '../../contracts/http/trainers/experiments.ts';
import { metricNames } from '../../domain/metrics/metrics.ts';
import { sayBytes } from '../../domain/words/say.ts';
import { Table, type Column } from '../table/table.tsx';
import { duration, number } from '../words/format.ts';
import { metricName } from '../words/quality.ts';
import { State } from '../words/state.tsx';

/** The candidates in a table, the best first, with what each costs. */
export function Candidates({ shown }: { readonly shown: ExperimentView }) {
  return (
    <section class="panel" id="candidates">
      <h2>Candidates, the best first</h2>
      <Table label="Candidates" columns={columnsOf(shown.metric)} rows={shown.candidates} isSortable />
      <p class="dim small">
        The interval of a candidate is its own, 95 %. Fits went one after the other; what they took includes waiting for
        a worker. An answer is the median of single rows in a process of its own.
      </p>
    </section>
  );
}

/** More of them would make the table too wide; the answer of the API has all. */
const othersMax = 3;

function columnsOf(metric: string): readonly Column<CandidateView>[] {
  const others = metricNames().filter((name) => name !== metric);
  return [
    { head: 'candidate', cell: ({ name }) => name, isHeading: true },
    {
      head: 'standing',
      cell: ({ standing, reason }) => (
        <>
          {standing === null ? 'waits' : <State of={standing} />}
          {reason === null ? null : <small class="dim"> {reason}</small>}
        </>
      ),
    },
    {
      head: metricName(metric),
      cell: ({ metrics, intervals }) => <Figure value={metrics[metric]} interval={intervals[metric]} />,
      isNumber: true,
    },
    {
      head: 'others',
      cell: ({ metrics }) => (
        <small>
          {others
            .flatMap((name) => {
              const value = metrics[name];
              return value === undefined ? [] : [`${metricName(name)} ${number(value)}`];
            })
            .slice(0, othersMax)
            .join(', ') || '—'}
        </small>
      ),
    },
    { head: 'family', cell: ({ family, trees }) => familyWords(family, trees) },
    { head: 'inputs', cell: ({ inputs }) => number(inputs), isNumber: true },
    { head: 'fit', cell: ({ fitMs }) => duration(fitMs), isNumber: true, sortKey: ({ fitMs }) => String(fitMs ?? '') },
    {
      head: 'file',
      cell: ({ fileBytes }) => (fileBytes === null ? '—' : sayBytes(fileBytes)),
      isNumber: true,
      sortKey: ({ fileBytes }) => String(fileBytes ?? ''),
    },
    {
      head: 'answer',
      cell: ({ latencyUs }) => (latencyUs === null ? '—' : `${latencyUs.toFixed(0)} µs`),
      isNumber: true,
      sortKey: ({ latencyUs }) => String(latencyUs ?? ''),
    },
  ];
}

interface FigureProps {
  readonly value: number | undefined;
  readonly interval: CandidateView['intervals'][string] | undefined;
}

function Figure({ value, interval }: FigureProps) {
  return (
    <>
      {number(value)}
      <small class="dim">
        {interval === undefined ? '' : ` (${number(interval.lower)} to ${number(interval.upper)})`}
      </small>
    </>
  );
}

function familyWords(family: string | null, trees: number | null): string {
  if (family === null) return '—';
  return trees === null || trees === 0 ? family : `${family}, ${trees} trees`;
}
