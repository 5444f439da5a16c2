import { rolesWith } from '../../../access/roles.ts';
import { cut } from '../../../domain/words/cut.ts';
import { refusalFor } from '../../form/refusal.ts';
import { Table, type Column } from '../../table/table.tsx';
import { number, rolloutPath, time } from '../../words/format.ts';
import type { SectionProps } from '../section.ts';

const reasonCharsMax = 160;

/** Rollouts, latest first, each with how it ended and why. */
export function RolloutsSection({ call, name, view }: SectionProps) {
  const deciders = rolesWith('operate').join(' or ');
  return (
    <section class="panel" id="rollouts" aria-labelledby="rollouts-title">
      <h2 id="rollouts-title">Rollouts</h2>
      <p class="small">
        {reachOf(view.outline.automaticPercentMax)} Whoever has a token of the role {deciders} whose scope covers{' '}
        <code>{name}</code> may approve or abort it at any time
        {refusalFor(call.principal, 'operate', name) === null ? ': you may.' : '; yours is for reading.'}
      </p>
      <Table
        label="Rollouts"
        columns={columnsOf(name)}
        rows={view.rollouts}
        empty="None yet: the first champion needs none. A retrained version that passes its gate opens one."
        isSortable
      />
    </section>
  );
}

function reachOf(automaticPercentMax: number): string {
  if (automaticPercentMax >= 100) return 'The next one may end without a person, if its evidence is good.';
  const reached = `${number(automaticPercentMax)} % of traffic without a person`;
  return `The next one reaches ${reached}; its last move waits for an approval.`;
}

type Rollout = SectionProps['view']['rollouts'][number];

function columnsOf(name: string): readonly Column<Rollout>[] {
  return [
    {
      head: 'rollout',
      cell: ({ version, attempt }) => `v${version}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
      href: ({ version, attempt }) => rolloutPath(name, version, attempt),
    },
    {
      head: 'state',
      cell: ({ status }) => (
        <span class={`state ${rolloutKind(status)}`}>{status === 'held' ? 'waits for a person' : status}</span>
      ),
    },
    { head: 'why', cell: ({ reason }) => (reason === null ? '—' : cut(reason, reasonCharsMax)), width: 'wide' },
    {
      head: 'started',
      cell: ({ startedAt }) => time(startedAt),
      sortKey: ({ startedAt }) => startedAt.toISOString(),
    },
    { head: 'ended', cell: ({ endedAt }) => time(endedAt), sortKey: ({ endedAt }) => endedAt?.toISOString() ?? '' },
  ];
}

function rolloutKind(status: string): string {
  if (status === 'promoted') return 'good';
  if (status === 'held') return 'warn';
  return status === 'rolled-back' ? 'bad' : 'info';
}
