import type { AbTestView } from '../../contracts/http/ab-tests.ts';
import { Table, type Column } from '../table/table.tsx';
import { number, percent, versionPath } from '../words/format.ts';

type Arm = AbTestView['arms'][number];

/** The arms, the control first: who came, who failed, and what came of it. */
export function Arms({ shown }: { readonly shown: AbTestView }) {
  const stopped = shown.arms.filter((arm) => arm.stopped !== null);
  return (
    <section class="panel" id="arms">
      <h2>Arms</h2>
      <Table label="Arms" columns={columnsOf(shown)} rows={shown.arms} />
      {stopped.map(({ arm, stopped: why }) => (
        <p>
          <b>{arm} was stopped:</b> {why}. The control answers its entities.
        </p>
      ))}
    </section>
  );
}

function columnsOf({ model, winner }: AbTestView): readonly Column<Arm>[] {
  const say = (value: number | null): string => (value === null ? '—' : number(value));
  return [
    { head: 'arm', cell: ({ arm }) => (arm === winner ? `${arm} (best)` : arm), isHeading: true },
    { head: 'version', cell: ({ version }) => `v${version}`, href: ({ version }) => versionPath(model, version) },
    { head: 'entities', cell: ({ assigned }) => number(assigned), isNumber: true },
    { head: 'failed', cell: ({ failures }) => number(failures), isNumber: true },
    { head: 'with an outcome', cell: ({ units }) => number(units), isNumber: true },
    { head: 'mean', cell: ({ mean }) => say(mean), isNumber: true },
    { head: 'difference', cell: ({ difference }) => say(difference), isNumber: true },
    {
      head: 'variance cut',
      cell: ({ varianceCut }) => (varianceCut === null ? '—' : percent(varianceCut)),
      isNumber: true,
    },
    { head: 'verdict', cell: ({ verdict, stopped }) => (stopped === null ? (verdict ?? '—') : 'stopped') },
  ];
}
