import type { ExperimentLine } from '../../contracts/http/trainers/experiments.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { Table, type Column } from '../table/table.tsx';
import { experimentPath, experimentsPath, modelPath, time } from '../words/format.ts';
import { metricName } from '../words/quality.ts';
import { Digest, State } from '../words/state.tsx';

export interface ExperimentListProps {
  readonly call: PageCall;
  readonly model: string;
  readonly lines: readonly ExperimentLine[];
  /** Before which number the next page begins; null on the last one. */
  readonly next: number | null;
  readonly isLatest: boolean;
}

const columns: readonly Column<ExperimentLine>[] = [
  {
    head: 'experiment',
    cell: ({ number }) => String(number),
    href: ({ model, number }) => experimentPath(model, number),
    isHeading: true,
  },
  { head: 'state', cell: ({ status }) => <State of={status} /> },
  { head: 'best', cell: ({ best }) => best ?? '—' },
  { head: 'by', cell: ({ metric }) => metricName(metric) },
  { head: 'data', cell: ({ snapshot }) => <Digest of={snapshot} href={`/snapshots/${snapshot}`} /> },
  { head: 'begun by', cell: ({ startedBy }) => startedBy },
  { head: 'begun', cell: ({ startedAt }) => time(startedAt), isNumber: true },
  { head: 'why, and what came of it', cell: ({ reason, text }) => wordsOf(reason, text), width: 'wide' },
];

/** The experiments of a model, latest first. */
export function ExperimentList({ call, model, lines, next, isLatest }: ExperimentListProps) {
  return (
    <Layout
      call={call}
      title={`Experiments of ${model}`}
      section="home"
      crumbs={[{ text: 'Models', href: '/' }, { text: model, href: modelPath(model) }, { text: 'experiments' }]}
    >
      <h1>Experiments of {model}</h1>
      <p class="dim small">
        Several definitions on the same rows, compared; nothing of it becomes a version. One is begun by{' '}
        <code>perennial experiment {model} --spec a.ts --spec b.ts</code>.
      </p>
      <Table label="Experiments" columns={columns} rows={lines} empty="There is none here." />
      <p class="pages">
        {isLatest ? null : <a href={experimentsPath(model)}>latest</a>}{' '}
        {next === null ? null : <a href={`${experimentsPath(model)}?before=${next}`}>earlier →</a>}
      </p>
    </Layout>
  );
}

function wordsOf(reason: string, text: string | null): string {
  return [reason, text].filter((part) => part !== null && part !== '').join(' · ');
}
