import type { RolloutLine } from '../../db/pages/rollout-list.ts';
import { cut } from '../../domain/words/cut.ts';
import { Table, type Column } from '../table/table.tsx';
import { ago, duration, modelPath, rolloutPath, time, versionPath } from '../words/format.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { State } from '../words/state.tsx';

const reasonCharsMax = 220;

export interface RolloutListProps {
  readonly call: PageCall;
  readonly model: string | null;
  readonly open: readonly RolloutLine[];
  readonly ended: readonly RolloutLine[];
}

/** All rollouts: what waits for a person first, then what is under way, then what ended. */
export function RolloutList({ call, model, open, ended }: RolloutListProps) {
  const held = open.filter((row) => row.status === 'held').length;
  return (
    <Layout
      call={call}
      title="Rollouts"
      section="rollouts"
      freshSeconds={15}
      {...(model === null ? {} : { crumbs: [{ text: 'Rollouts', href: '/rollouts' }, { text: model }] })}
    >
      <h1>Rollouts{model === null ? '' : ` of ${model}`}</h1>
      <section class="panel" data-live="open">
        <h2>{held > 0 ? `${held} wait${held === 1 ? 's' : ''} for a person` : 'Under way'}</h2>
        {open.length === 0 ? (
          <p class="empty">
            None is under way. One begins when a training passes its gate
            {model === null ? '' : ' (retrain from the page of the model)'}.
          </p>
        ) : (
          <Lines lines={open} isOpen />
        )}
      </section>
      <section class="panel">
        <h2>Ended</h2>
        {ended.length === 0 ? <p class="empty">None has ended yet.</p> : <Lines lines={ended} isOpen={false} />}
      </section>
    </Layout>
  );
}

interface LinesProps {
  readonly lines: readonly RolloutLine[];
  readonly isOpen: boolean;
}

function Lines({ lines, isOpen }: LinesProps) {
  const label = isOpen ? 'Rollouts under way' : 'Rollouts that ended';
  return <Table label={label} columns={isOpen ? openColumns : endedColumns} rows={lines} />;
}

const openColumns = columnsOf('begun', (row) => row.startedAt);
const endedColumns = columnsOf('ended', (row) => row.endedAt);

function columnsOf(when: string, at: (row: RolloutLine) => Date | null): readonly Column<RolloutLine>[] {
  return [
    { head: 'rollout', cell: (row) => <Named row={row} />, isHeading: true },
    { head: 'state', cell: (row) => <State of={row.status} /> },
    { head: 'step', cell: stepOf },
    {
      head: when,
      cell: (row) => (
        <>
          {time(at(row))}
          <br />
          <small class="dim">{lastedOf(row)}</small>
        </>
      ),
    },
    {
      head: 'why',
      cell: (row) =>
        row.reason === null ? <a href={modelPath(row.model)}>{row.model}</a> : cut(row.reason, reasonCharsMax),
      width: 'wide',
    },
  ];
}

function Named({ row }: { readonly row: RolloutLine }) {
  return (
    <>
      <a href={rolloutPath(row.model, row.version, row.attempt)}>
        {row.model} v{row.version}
        {row.attempt > 1 ? `/${row.attempt}` : ''}
      </a>{' '}
      {row.baseVersion === null ? null : (
        <small class="dim">
          over <a href={versionPath(row.model, row.baseVersion)}>v{row.baseVersion}</a>
        </small>
      )}
    </>
  );
}

function lastedOf(row: RolloutLine): string {
  if (row.status === 'held' && row.heldSince !== null) return `waits for ${ago(row.heldSince)}`;
  if (row.endedAt === null) return `${ago(row.startedAt)} ago`;
  return `took ${duration(row.endedAt.getTime() - row.startedAt.getTime())}`;
}

function stepOf(row: RolloutLine): string {
  if (row.status === 'promoted') return 'done';
  if (row.step === null) return 'not begun';
  if (row.steps === null) return row.step === 0 ? 'shadow' : `step ${row.step + 1}`;
  return row.step >= row.steps ? 'paired evidence' : `${row.step + 1} of ${row.steps}`;
}
